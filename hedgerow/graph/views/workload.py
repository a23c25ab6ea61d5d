"""Pod templates: what will run, whoever owns it."""

from dataclasses import dataclass
from typing import Any

from ..value import MISSING
from .kubernetes import KubeObject, mapping

TEMPLATE = {
    "Pod": (),
    "ReplicationController": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
"""Where each kind keeps the pods it makes (Kubernetes 1.36 API reference, 2026-11-21)."""


@dataclass(frozen=True, eq=False)
class Workload(KubeObject):
    """An object that makes pods."""

    @property
    def template(self) -> tuple[str, ...]:
        """Path of the pod template in the manifest."""
        return TEMPLATE.get(self.kind, ("spec", "template"))

    @property
    def pod_labels(self) -> Any:
        """Labels of its pods; or a mark."""
        return mapping(self.get(*self.template, "metadata", "labels"))

    @property
    def pod_spec(self) -> Any:
        """Specification of its pods; or a mark."""
        return self.get(*self.template, "spec")

    @property
    def host_network(self) -> Any:
        """Whether its pods share the node's network, out of reach of every NetworkPolicy; or a mark."""
        given = self.get(*self.template, "spec", "hostNetwork")
        return False if given is MISSING else given
