"""What a managed cluster runs by itself: of every node, and once in the cluster. Rounded up, none of it measured.

EKS: manifests of amazon-vpc-cni-k8s, kube-proxy and coredns as the add-ons ship them, besides two daemons without
requests (pod identity agent, EBS CSI). GKE: documentation of the system pods of a standard cluster. Read 2026-11-21.
"""

from typing import NamedTuple


class SystemPods(NamedTuple):
    """What the system's pods ask for."""

    node_cpu_milli: int
    """CPU on every node, thousandths."""
    node_memory_mib: int
    """Memory on every node, MiB."""
    node_pods: int
    """Pods on every node."""
    once_cpu_milli: int
    """CPU of the rest, once in the cluster, thousandths."""
    once_memory_mib: int
    """Memory of the rest, once in the cluster, MiB."""
    once_pods: int
    """Pods of the rest, once in the cluster."""


SYSTEM_PODS = {
    "aws": SystemPods(150, 0, 4, 200, 140, 2),
    "gcp": SystemPods(500, 1024, 14, 1000, 2048, 4),
}
"""By the cloud that runs the cluster."""
