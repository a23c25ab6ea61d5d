"""The workloads of the examples as they are loaded, images with the versions of the lock."""

from typing import Any

BUSYBOX = "docker.io/library/busybox:1.38.0@sha256:fd8d9aa63ba2f0982b5304e1ee8d3b90a210bc1ffb5314d980eb6962f1a9715d"
REDIS = "docker.io/library/redis:alpine@sha256:8096655e437712b07503796fb64d81359256cfcff0ab29d95a7da72863786efb"

API: dict[str, Any] = {
    "containers": {
        "web": {
            "command": ["httpd", "-f", "-p", "8443", "-h", "/www"],
            "image": BUSYBOX,
            "liveness": {"tcp_socket": {"port": "web"}},
            "mounts": {"www": "/www"},
            "ports": {"web": "TCP/8443"},
            "readiness": {"http_get": {"path": "/index.html", "port": "web"}},
            "requests": {"cpu": "250m", "memory": "64Mi"},
            "user": 65534,
        }
    },
    "load_balancer": "public",
    "sidecars": {
        "pages": {
            "command": ["sh", "-c", "while date > /www/index.html; do sleep 60; done"],
            "image": BUSYBOX,
            "mounts": {"www": "/www"},
            "requests": {"cpu": "10m", "memory": "16Mi"},
            "user": 65534,
        }
    },
    "volumes": {"www": "16Mi"},
}
INDEX: dict[str, Any] = {
    "allow_from": {"payments/api": ["TCP/6379"]},
    "containers": {
        "redis": {
            "args": ["--save", ""],
            "image": REDIS,
            "liveness": {"tcp_socket": {"port": "redis"}},
            "mounts": {"data": "/data"},
            "ports": {"redis": "TCP/6379"},
            "readiness": {"exec": ["redis-cli", "ping"]},
            "requests": {"cpu": "500m", "memory": "1Gi"},
            "user": 999,
        }
    },
    "volumes": {"data": "1Gi"},
}
IN_DEV = {"payments": {"api": API}, "search": {"index": INDEX}}
IN_PROD = {"payments": {"api": {**API, "replicas": 6}}, "search": {"index": INDEX}}
