"""Kubeconfig of a GKE cluster: whoever uses it asks Google's plugin for a token."""

from ..shared.kubeconfig import kubeconfig as written

PLUGIN = "gke-gcloud-auth-plugin"
HINT = f"Install {PLUGIN}: gcloud components install {PLUGIN}"


def kubeconfig(context: str, host: str, certificate_authority: str | None) -> str:
    """Kubeconfig as JSON. The DNS endpoint has a certificate of a public authority, so that none is pinned for it."""
    return written(context, f"https://{host}", certificate_authority, (PLUGIN,), hint=HINT, tells_cluster=True)
