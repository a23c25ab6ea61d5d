"""Workloads that several tests start from."""

from typing import Any

from components.k8s.workload import WorkloadArgs

from .examples import PLATFORM

SMALLEST: WorkloadArgs = {
    "containers": {
        "main": {
            "image": "registry.example.com/worker:1",
            "liveness": {"exec": ["alive"]},
            "readiness": {"exec": ["ready"]},
        }
    },
    "platform": PLATFORM,
    "quota": {"cpu": "100"},
    "tenant": "payments",
}

FULLEST: WorkloadArgs = {
    "allow_from": {"search/index": ["TCP/8443"], "checkout/cart": ["TCP/8000-9000"]},
    "allow_from_pods": {
        "dashboards": {
            "pods": {
                "match_expressions": [
                    {"key": "tier", "operator": "In", "values": ["ui", "batch"]},
                    {"key": "canary", "operator": "DoesNotExist"},
                ],
                "match_labels": {"team": "insight"},
            },
            "ports": ["TCP/9100"],
            "tenant": "search",
        }
    },
    "allow_to": {"search/index": ["TCP/6379"]},
    "cloud_identity": True,
    "containers": {
        "web": {
            "args": ["-v"],
            "command": ["/bin/web"],
            "env": {"MODE": "fast", "LEVEL": "info"},
            "image": f"registry.example.com/web:1.2@sha256:{'0' * 64}",
            "limits": {"cpu": "2", "memory": "1Gi"},
            "liveness": {"http_get": {"path": "/alive", "port": "web", "scheme": "HTTPS"}, "failure_threshold": 6},
            "mounts": {"cache": "/cache", "pages": "/pages"},
            "ports": {"web": "TCP/8443", "metrics": "TCP/9100"},
            "readiness": {"http_get": {"path": "/ready", "port": "web", "scheme": "HTTPS"}, "period_seconds": 5},
            "requests": {"cpu": "500m", "ephemeral_storage": "1Gi", "memory": "512Mi"},
            "startup": {"tcp_socket": {"port": "web"}, "failure_threshold": 60},
            "user": 10001,
        },
        "exporter": {
            "image": "registry.example.com/exporter:3",
            "liveness": {"tcp_socket": {"port": "stats"}, "timeout_seconds": 2},
            "ports": {"stats": "TCP/9101"},
            "readiness": {"exec": ["ready"], "initial_delay_seconds": 3},
        },
    },
    "load_balancer": "public",
    "name": "api",
    "platform": {**PLATFORM, "environment": "prod"},
    "quota": {"cpu": "100", "load_balancers": 1},
    "replicas": 9,
    "rollout": {"max_surge": 2, "max_unavailable": 1},
    "sidecars": {"pages": {"image": "registry.example.com/pages:2", "mounts": {"pages": "/out"}}},
    "tenant": "payments",
    "volumes": {"cache": "256Mi", "pages": "16Mi"},
}


def workload(**changes: Any) -> WorkloadArgs:
    """The smallest workload with other fields."""
    return {**SMALLEST, **changes}  # type: ignore[typeddict-item]


def container(**changes: Any) -> WorkloadArgs:
    """The smallest workload, its container changed."""
    return workload(containers={"main": {**SMALLEST["containers"]["main"], **changes}})
