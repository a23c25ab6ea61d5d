"""Kubeconfig of an EKS cluster: how to reach it and whom to ask for a token; no secret in it."""

import json


def kubeconfig(name: str, endpoint: str, certificate_authority: str, region: str) -> str:
    """Kubeconfig as JSON. Its context is named `region/name`, so that several files can be merged."""
    context = f"{region}/{name}"
    user = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "aws",
            "args": ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"],
            "interactiveMode": "IfAvailable",
            "provideClusterInfo": False,
        }
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "clusters": [
                {
                    "name": context,
                    "cluster": {"certificate-authority-data": certificate_authority, "server": endpoint},
                }
            ],
            "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
            "users": [{"name": context, "user": user}],
        }
    )
