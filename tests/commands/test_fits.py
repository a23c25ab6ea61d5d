"""`hedgerow check` on a folder tells whether it fits, in words and as JSON, and denies by it."""

import json
from pathlib import Path

from .support import hedgerow

MANIFESTS = """
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota, namespace: shop}
spec: {hard: {requests.cpu: "1"}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: shop}
spec: {limits: [{type: Container, defaultRequest: {cpu: 300m}}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  replicas: 4
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "example.com/api:1"}]}}
"""
MESSAGE = "ResourceQuota 'shop/quota' allows requests.cpu 1, its workloads ask for 1.2; raise it by 0.2, or lower them"


def test_a_folder_that_does_not_fit(tmp_path: Path) -> None:
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "all.yaml").write_text(MANIFESTS)
    ran = hedgerow("check", "manifests", "--json", "out.json", cwd=tmp_path)
    told = json.loads((tmp_path / "out.json").read_text())
    assert ran.code == 3
    assert f"    ✗ {MESSAGE}\n      because: Deployment 'shop/api' 4 pods of 0.3\n" in ran.out
    assert "    not known: what nodes hold: no node pool is declared here\n" in ran.out
    assert [gap["message"] for gap in told["capacity"][0]["gaps"]] == [MESSAGE]
    assert [(item["rule"], item["level"]) for item in told["findings"] if item["message"] == MESSAGE] == [
        ("ns-workloads-fit", "mandatory")
    ]
