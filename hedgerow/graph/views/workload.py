"""Pod templates: what will run, whoever owns it."""

from dataclasses import dataclass
from typing import Any

from ..value import MISSING, Mark
from .container import Container
from .kubernetes import KubeObject, listing, mapping

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
    def containers(self) -> Any:
        """Every container of its pods, those that run first included; or a mark."""
        first, then = (listing(self.get(*self.template, "spec", key)) for key in ("initContainers", "containers"))
        if isinstance(first, Mark) or isinstance(then, Mark):
            return first if isinstance(first, Mark) else then
        return [*(Container(each, init=True) for each in first), *map(Container, then)]

    @property
    def host_network(self) -> Any:
        """Whether its pods share the node's network, out of reach of every NetworkPolicy; or a mark."""
        given = self.get(*self.template, "spec", "hostNetwork")
        return False if given is MISSING else given
