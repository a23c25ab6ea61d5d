"""Cluster profiles: the addresses and DNS pods that policies must know of a kind of cluster, cloud-neutral.

Sources, all read 2026-11-21. DNS and NodeLocal DNSCache: kubernetes/kubernetes cluster/addons/dns, NodeLocal page
of the GKE documentation. Cloud DNS: tektoncd/operator issue 4000 (pods ask 169.254.169.254, which no selector matches),
service discovery page of the GKE documentation (Autopilot has Cloud DNS behind its cache). EC2 metadata: EC2 guide.
Pod Identity agent: EKS user guide. GKE metadata and the cache's labels under Dataplane V2: several public manifests
that agree (169.254.169.254 on 80 and 8080 with Dataplane V2, 169.254.169.252 on 987 and 988 without). Health checks:
Google Cloud load balancing, firewall rules. Load balancers: Service annotations of the AWS Load Balancer Controller
(which reads the scheme; the controller that EKS itself runs reads `internal`; both read the type), internal load
balancers in the GKE documentation. None was tried on a live cluster.
"""

from collections.abc import Mapping
from typing import NamedTuple

DNS_PORT = 53
"""Port of cluster DNS, UDP and TCP."""

NODE_LOCAL_DNS = "169.254.20.10/32"
"""Where NodeLocal DNSCache listens; its pods are on the host network there, so no selector matches them."""

EC2_METADATA = ("169.254.169.254/32", "fd00:ec2::254/128")
"""Instance metadata service of EC2."""

POD_IDENTITY_AGENT = ("169.254.170.23/32", "fd00:ec2::23/128")
"""EKS Pod Identity agent on every node: hands out credentials, port 80."""

ECS_CREDENTIALS = ("169.254.170.2/32",)
"""Credential endpoint of ECS and of tools that imitate it (kube2iam and the like)."""

GOOGLE_METADATA = ("169.254.169.254/32", "169.254.169.252/32", "fd20:ce::254/128")
"""Metadata server of Google Cloud, the same as Workload Identity gives it to pods, and by IPv6."""

GOOGLE_HEALTH_CHECKS = ("35.191.0.0/16", "130.211.0.0/22")
"""From where Google Cloud load balancers probe and forward to pods (IPv4)."""

CLOUD_DNS = "169.254.169.254/32"
"""Where nodes answer DNS on GKE with Cloud DNS: the metadata server, by port 53."""

AWS_LOAD_BALANCERS: Mapping[str, Mapping[str, str]] = {
    "internal": {
        "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
        "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
        "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
    },
    "public": {
        "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
        "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
    },
}
"""Annotations of a Service that gets a Network Load Balancer, by the controller that EKS runs or the add-on."""

GOOGLE_LOAD_BALANCERS: Mapping[str, Mapping[str, str]] = {
    "internal": {"networking.gke.io/load-balancer-type": "Internal"},
    "public": {},
}
"""Annotations of a Service that gets a passthrough load balancer, which is public where nothing is said."""

CLUSTER_DNS: Mapping[str, str] = {"k8s-app": "kube-dns"}
NODE_LOCAL_DNS_PODS: Mapping[str, str] = {"k8s-app": "node-local-dns"}


class Endpoint(NamedTuple):
    """An address and the TCP ports used on it."""

    cidr: str
    ports: tuple[int, ...]


class Profile(NamedTuple):
    """What holds for one kind of cluster. Addresses are CIDR texts, IPv4 before IPv6."""

    name: str
    """`eks`, or `gke` with what it has beside or instead of kube-dns and Dataplane V2."""
    network_policy: str
    """Who enforces NetworkPolicy once it is on: `vpc-cni`, `calico` (both off by default) or `dataplane-v2`."""
    dns_namespace: str
    """Namespace of the DNS pods."""
    dns_pods: tuple[Mapping[str, str], ...]
    """Labels of the pods that answer DNS, one entry a kind: a policy must allow all of them."""
    dns_addresses: tuple[str, ...]
    """Addresses that answer DNS and that no pod selector matches."""
    metadata_addresses: tuple[str, ...]
    """Metadata and credential servers: no tenant reaches them."""
    identity: tuple[Endpoint, ...]
    """The exception: what a pod with a cloud identity (Pod Identity, Workload Identity) must reach."""
    health_checks: tuple[str, ...]
    """From where load balancers probe pods. Empty on EKS: there the load balancer's own private addresses do."""
    load_balancers: Mapping[str, Mapping[str, str]]
    """Annotations of a Service by the load balancer that it gets: `internal` or `public`."""


GOOGLE_IDENTITY: tuple[Endpoint, ...] = (Endpoint("169.254.169.254/32", (80, 8080)),)
"""Where Workload Identity answers pods under Dataplane V2."""

GKE = Profile(
    name="gke",
    network_policy="dataplane-v2",
    dns_namespace="kube-system",
    dns_pods=(CLUSTER_DNS,),
    dns_addresses=(),
    metadata_addresses=GOOGLE_METADATA,
    identity=GOOGLE_IDENTITY,
    health_checks=GOOGLE_HEALTH_CHECKS,
    load_balancers=GOOGLE_LOAD_BALANCERS,
)


PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            name="eks",
            network_policy="vpc-cni",
            dns_namespace="kube-system",
            dns_pods=(CLUSTER_DNS,),
            dns_addresses=(NODE_LOCAL_DNS,),
            metadata_addresses=EC2_METADATA + POD_IDENTITY_AGENT + ECS_CREDENTIALS,
            identity=tuple(Endpoint(cidr, (80,)) for cidr in POD_IDENTITY_AGENT),
            health_checks=(),
            load_balancers=AWS_LOAD_BALANCERS,
        ),
        GKE,
        GKE._replace(
            name="gke-node-local-dns",
            dns_pods=(CLUSTER_DNS, NODE_LOCAL_DNS_PODS),
            dns_addresses=(NODE_LOCAL_DNS,),
        ),
        GKE._replace(
            name="gke-cloud-dns",
            dns_pods=(CLUSTER_DNS, NODE_LOCAL_DNS_PODS),
            dns_addresses=(NODE_LOCAL_DNS, CLOUD_DNS),
        ),
        GKE._replace(
            name="gke-calico",
            network_policy="calico",
            dns_addresses=(NODE_LOCAL_DNS,),
            identity=(Endpoint("169.254.169.252/32", (987, 988)),),
        ),
    )
}
"""The profiles by name. Dataplane V2 redirects DNS to the node's own cache pod and judges by that pod's labels.

`gke` is a standard cluster whose cache is off; `gke-node-local-dns` is one with the cache, and Autopilot, which always
has it; `gke-cloud-dns` is a standard cluster with Cloud DNS; `gke-calico` an old one without Dataplane V2.
"""


def profile(name: str) -> Profile:
    """The profile of a kind of cluster; LookupError with the known names for another."""
    if name not in PROFILES:
        raise LookupError(f"{name!r} is no cluster profile; write one of {', '.join(PROFILES)}")
    return PROFILES[name]
