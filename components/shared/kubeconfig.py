"""A kubeconfig: how to reach a cluster and by which command to ask for a token; no secret in it."""

import json
from collections.abc import Sequence
from typing import Any


def kubeconfig(
    context: str,
    server: str,
    certificate_authority: str | None,
    command: Sequence[str],
    *,
    hint: str = "",
    tells_cluster: bool = False,
) -> str:
    """Kubeconfig as JSON. Without `certificate_authority` a public one must have signed the server's certificate.

    `hint` is shown where the command is not installed; `tells_cluster`: the command is told of which cluster it is.
    """
    program, *words = command
    cluster = {"server": server}
    if certificate_authority is not None:
        cluster["certificate-authority-data"] = certificate_authority
    exec_: dict[str, Any] = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": program,
        "interactiveMode": "IfAvailable",
        "provideClusterInfo": tells_cluster,
        **({"args": words} if words else {}),
        **({"installHint": hint} if hint else {}),
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "clusters": [{"name": context, "cluster": cluster}],
            "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
            "users": [{"name": context, "user": {"exec": exec_}}],
        }
    )
