"""What a quota counts besides pods: where such objects are made, and the smallest of each."""

from typing import Any

from ...facts.kubernetes import canonical_quota_key

PODS, VOLUMES = "/api/v1/pods", "/api/v1/persistentvolumeclaims"
SERVICE = {"clusterIP": "None", "selector": {"of": "nobody"}}
JOB = {
    "suspend": True,
    "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "none"}]}},
}
OWNER = {
    "selector": {"matchLabels": {"of": "nobody"}},
    "template": {
        "metadata": {"labels": {"of": "nobody"}},
        "spec": {"containers": [{"name": "main", "image": "none"}]},
    },
}
INGRESS = {"defaultBackend": {"service": {"name": "nobody", "port": {"number": 80}}}}


def _exposed(type_: str) -> dict[str, Any]:
    return {"spec": {"type": type_, "selector": {"of": "nobody"}, "ports": [{"port": 80}]}}


COUNTED: dict[str, tuple[str, dict[str, Any]]] = {
    "services.loadbalancers": ("/api/v1/services", _exposed("LoadBalancer")),
    "services.nodeports": ("/api/v1/services", _exposed("NodePort")),
    "services": ("/api/v1/services", {"spec": SERVICE}),
    "count/services": ("/api/v1/services", {"spec": SERVICE}),
    "count/configmaps": ("/api/v1/configmaps", {}),
    "count/cronjobs.batch": (
        "/apis/batch/v1/cronjobs",
        {"spec": {"schedule": "@yearly", "suspend": True, "jobTemplate": {"spec": JOB}}},
    ),
    "count/ingresses.networking.k8s.io": ("/apis/networking.k8s.io/v1/ingresses", {"spec": INGRESS}),
    "count/jobs.batch": ("/apis/batch/v1/jobs", {"spec": JOB}),
    "count/secrets": ("/api/v1/secrets", {}),
    "count/deployments.apps": ("/apis/apps/v1/deployments", {"spec": {**OWNER, "replicas": 0}}),
    "count/statefulsets.apps": ("/apis/apps/v1/statefulsets", {"spec": {**OWNER, "replicas": 0}}),
    "count/serviceaccounts": ("/api/v1/serviceaccounts", {}),
}
"""By quota key: the collection, and the body without a name."""


def counted(key: str) -> tuple[str, dict[str, Any]] | None:
    """Where objects of a key are made, under whatever spelling it is; None where nothing is known of it."""
    return COUNTED.get(key) or COUNTED.get(canonical_quota_key(key))
