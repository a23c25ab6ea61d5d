"""What a stack tells others: the platform that stands, and the namespaces on it."""

from collections.abc import Mapping
from typing import Any

import pulumi

PLATFORM = ("cluster_identifier", "contract", "kubeconfig")


def export(platform: Any, namespaces: Mapping[str, pulumi.Output[str]]) -> None:
    """Export the outputs of a stack; none of them is secret, since the kubeconfig gets its token by a command."""
    for name in PLATFORM:
        pulumi.export(name, getattr(platform, name))
    pulumi.export("namespaces", dict(namespaces))
