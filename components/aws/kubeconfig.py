"""Kubeconfig of an EKS cluster: whoever uses it asks the AWS CLI for a token."""

from ..shared.kubeconfig import kubeconfig as written


def kubeconfig(name: str, endpoint: str, certificate_authority: str, region: str) -> str:
    """Kubeconfig as JSON. Its context is named `region/name`, so that several files can be merged."""
    command = ("aws", "--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json")
    return written(f"{region}/{name}", endpoint, certificate_authority, command)
