"""Kubeconfig of a GKE cluster: how to reach it and whom to ask for a token; no secret in it."""

import json

PLUGIN = "gke-gcloud-auth-plugin"
HINT = f"Install {PLUGIN}: gcloud components install {PLUGIN}"


def kubeconfig(context: str, host: str, certificate_authority: str | None) -> str:
    """Kubeconfig as JSON. The DNS endpoint has a certificate of a public authority, so that none is pinned for it."""
    cluster = {"server": f"https://{host}"}
    if certificate_authority is not None:
        cluster["certificate-authority-data"] = certificate_authority
    user = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": PLUGIN,
            "installHint": HINT,
            "interactiveMode": "IfAvailable",
            "provideClusterInfo": True,
        }
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "clusters": [{"name": context, "cluster": cluster}],
            "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
            "users": [{"name": context, "user": user}],
        }
    )
