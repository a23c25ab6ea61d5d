"""Tenants that several tests start from."""

from typing import Any

from components.k8s.tenant import TenantArgs
from components.shared.platform import PlatformArgs

PLATFORM: PlatformArgs = {
    "cluster": "aws-dev",
    "dns": {"addresses": ["169.254.20.10/32"], "namespace": "kube-system", "pods": [{"k8s-app": "kube-dns"}]},
    "environment": "dev",
    "health_checks": ["10.16.0.0/16"],
    "identity": [{"address": "169.254.170.23/32", "ports": [80]}],
    "kubernetes": "1.35",
    "label_prefix": "platform.example.com",
    "load_balancers": {
        "internal": {"annotations": {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"}},
        "public": {"annotations": {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"}},
    },
    "metadata_addresses": ["169.254.169.254/32", "fd00:ec2::254/128"],
    "network_policy": "vpc-cni",
    "pools": {"general": {"instance_type": "m7i.2xlarge", "max": 14, "min": 1}},
    "ranges": {"network": "10.16.0.0/16", "services": "172.20.0.0/16"},
    "version": 1,
}

SMALLEST: TenantArgs = {"owners": {"groups": ["payments-team"]}, "platform": PLATFORM, "quota": {"cpu": "100"}}

FULLEST: TenantArgs = {
    "allow_from": {"search": ["TCP/8443", "TCP/8000-8010"], "checkout": ["UDP/4000"]},
    "allow_to": {"search": ["TCP/9200"]},
    "internet": ["TCP/443", "TCP/80"],
    "owners": {"groups": ["search-team", "payments-team"], "users": ["ann@example.com"]},
    "platform": {
        **PLATFORM,
        "environment": "prod",
        "ranges": {"network": "10.16.0.0/16", "pods": "240.0.0.0/8", "peer": "203.0.113.0/24", "wide": "2001:db8::/56"},
    },
    "pod_security": "baseline",
    "quota": {
        "cpu": "400",
        "devices": {"google.com/tpu": "8"},
        "ephemeral_storage": "2Ti",
        "gpu": "100",
        "load_balancers": 2,
        "memory": "1600Gi",
        "memory_limit": "2000Gi",
        "objects": 300,
        "pods": 1500,
        "storage": "2Ti",
        "volumes": 50,
    },
    "viewers": {"groups": ["support"], "users": ["bob@example.com"]},
}


def with_platform(**changes: Any) -> TenantArgs:
    """The smallest tenant on another platform."""
    return {**SMALLEST, "platform": {**PLATFORM, **changes}}  # type: ignore[typeddict-item]


def with_quota(**changes: Any) -> TenantArgs:
    """The smallest tenant with another quota."""
    return {**SMALLEST, "quota": {"cpu": "100", **changes}}  # type: ignore[typeddict-item]
