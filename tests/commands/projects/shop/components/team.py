"""A team: its namespace, and a quota where it has any CPU."""

import pulumi
import pulumi_kubernetes as k8s


class Team(pulumi.ComponentResource):
    """A namespace and its quota."""

    def __init__(self, name: str, cpu: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("shop:index:Team", name, {"cpu": cpu}, opts)
        own = pulumi.ResourceOptions(parent=self)
        space = k8s.core.v1.Namespace(name, metadata={"name": name, "labels": {"team": name}}, opts=own)
        if cpu:
            quota = {"hard": {"requests.cpu": cpu}}
            k8s.core.v1.ResourceQuota(name, metadata={"namespace": space.metadata["name"]}, spec=quota, opts=own)
        self.register_outputs({"namespace": space.metadata["name"]})
