"""The wheel carries the command, the components and the rules, and works away from the repository."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from ..support import ROOT

PROGRAM = """
import pulumi
import pulumi_kubernetes as k8s
from components.team import Team
from hedgerow.components.aws import Vpc
import hedgerow.components.aws.vpc

provider = k8s.Provider("cluster", kubeconfig="{}")
Team("shop", pulumi.ResourceOptions(providers=[provider]))
Vpc("net", {"cidr": "10.20.0.0/16", "region": "eu-west-1", "zones": ["a", "b"]})
pulumi.export("where", hedgerow.components.aws.vpc.__file__)
"""
TEAM = """
import pulumi
import pulumi_kubernetes as k8s


class Team(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("shop:index:Team", name, {}, opts)
        k8s.core.v1.Namespace(name, metadata={"name": name}, opts=pulumi.ResourceOptions(parent=self))
"""
RULE = """
from hedgerow.graph import Finding


def check(views, config):
    for namespace in views.namespaces:
        yield Finding(namespace, f"{namespace} is seen by the project's own rule; nothing to do")
"""
RULE_WORDS = """
title: The project's own rule
why: A project may bring its own rules.
remedy: None.
severity: low
levels: {dev: advisory, staging: advisory, prod: advisory}
references: [this test]
judges: [Namespace]
examples: {allow: [], deny: [], unknown: []}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the repository and unpacked as an installer would."""
    made = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(made.glob("*.whl"))) as wheel:
        wheel.extractall(made / "site")
    return made / "site"


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """hedgerow from the wheel: `-S` keeps the editable install of this repository out of the way."""
    paths = os.pathsep.join([str(installed), sysconfig.get_paths()["purelib"]])
    command = [sys.executable, "-S", "-m", "hedgerow", *arguments]
    return subprocess.run(
        command,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=120,
    )


def project(root: Path, files: dict[str, str]) -> Path:
    for name, text in {
        "Pulumi.yaml": "name: shop\nruntime: python\n",
        "Pulumi.dev.yaml": "config: {}\n",
        **files,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_another_project_with_its_own_components_is_judged_by_the_bundled_rules(
    installed: Path, tmp_path: Path
) -> None:
    files = {"__main__.py": PROGRAM, "components/__init__.py": "", "components/team.py": TEAM}
    done = run(installed, project(tmp_path, files), "preview", "dev", "--json", "-")
    assert done.returncode == 3, done.stderr
    document = json.loads(done.stdout)
    assert {finding["rule"] for finding in document["findings"]} >= {"ns-quota-present", "np-default-deny"}
    types = {resource["type"] for resource in document["resources"]}
    assert {"shop:index:Team", "hedgerow:index:Vpc", "aws:ec2/subnet:Subnet"} <= types


def test_another_project_with_its_own_policies_is_judged_by_those(installed: Path, tmp_path: Path) -> None:
    files = {
        "__main__.py": PROGRAM,
        "components/__init__.py": "",
        "components/team.py": TEAM,
        "policies/ns/seen.py": RULE,
        "policies/ns/seen.yaml": RULE_WORDS,
    }
    done = run(installed, project(tmp_path, files), "preview", "dev", "--json", "-")
    assert done.returncode == 0, done.stderr
    assert [finding["rule"] for finding in json.loads(done.stdout)["findings"]] == ["ns-seen"]


def test_it_carries_no_test_no_stack_and_no_file_of_the_repository_root(installed: Path) -> None:
    tops = {path.name for path in installed.iterdir()}
    assert tops == {"hedgerow", next(name for name in tops if name.endswith(".dist-info"))}
    assert {"components", "policies", "facts", "graph"} <= {path.name for path in (installed / "hedgerow").iterdir()}
    assert list(installed.rglob("tests")) == []
