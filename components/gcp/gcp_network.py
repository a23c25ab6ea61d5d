"""A network for one cluster: a subnet with ranges for nodes, pods and Services; Cloud NAT is its only way out."""

from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
import pulumi_gcp as gcp

from hedgerow.facts.profiles import GOOGLE_HEALTH_CHECKS

from ..shared.inputs import checking
from ..shared.waiting import ready
from .checks import check_name
from .layout import check_ranges

LONGEST_NAME = 41
"""Of 63 characters that Compute Engine takes, less those of `-health-checks` and of auto-naming."""
LEAST_PORTS, MOST_PORTS = 64, 32768
"""NAT ports of a node: what it starts with and what it grows to."""


class GcpNetworkPoolArgs(TypedDict):
    nodes: int
    """Most nodes over all zones, those of a surge counted."""
    pods_per_node: int
    """Most pods of a node, 8 to 256."""


class GcpNetworkSettings(TypedDict):
    cidr: str
    """Range that all others are cut from, a private /23 or wider such as `10.16.0.0/16`."""
    nodes_cidr: NotRequired[str]
    """Range of the nodes. Default: a sixteenth of `cidr`, behind the pods."""
    pods_cidr: NotRequired[str]
    """Range of the pods, a /24 or wider; a change replaces the cluster. Default: the first half of `cidr`."""
    services_cidr: NotRequired[str]
    """Range of Service addresses, /16 to /27; a change replaces the cluster. Default: a sixteenth of `cidr`."""


class GcpNetworkArgs(GcpNetworkSettings):
    pools: dict[str, GcpNetworkPoolArgs]
    """Node pools that its ranges must hold, by name."""
    project: pulumi.Input[str]
    """Id of a project whose Compute Engine API is on."""
    region: pulumi.Input[str]
    """Region of the subnet."""
    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete the network and its subnet. Default: `false`."""


@dataclass(frozen=True)
class GcpNetworkPlan:
    """Ranges by role; `network` is what the others are cut from where they are not given."""

    network: str
    nodes: str
    pods: str
    protect: bool
    services: str


def plan(name: str, args: GcpNetworkArgs) -> GcpNetworkPlan:
    with checking("GcpNetwork", name, args, GcpNetworkArgs) as wrong:
        check_name(wrong, name, LONGEST_NAME)
        found = {role: str(range_) for role, range_ in check_ranges(wrong, args).items()}
    return GcpNetworkPlan(
        network=found["network"],
        nodes=found["nodes"],
        pods=found["pods"],
        protect=bool(args.get("protect", False)),
        services=found["services"],
    )


class GcpNetwork(pulumi.ComponentResource):
    """A network for one cluster: a subnet with ranges for nodes, pods and Services; Cloud NAT is its only way out."""

    network_id: pulumi.Output[str]
    """Id of the network."""
    pods_range: pulumi.Output[str]
    """Name of the subnet's range for pods."""
    services_range: pulumi.Output[str]
    """Name of the subnet's range for Services."""
    subnetwork_id: pulumi.Output[str]
    """Id of the subnet, known once its way out and its firewall are there."""

    def __init__(self, name: str, args: GcpNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:GcpNetwork", name, dict(args), opts)
        self._called, self._args, self._want = name, args, plan(name, args)
        self._child = pulumi.ResourceOptions(parent=self)
        # Not False, which would lift the protection of a parent.
        self._kept = pulumi.ResourceOptions(parent=self, protect=self._want.protect or None)
        network = gcp.compute.Network(
            name,
            auto_create_subnetworks=False,
            project=args["project"],
            routing_mode="REGIONAL",
            opts=self._kept,
        )
        subnet = self._subnet(network)
        self.network_id = network.id
        self.subnetwork_id = ready(subnet.id, self._way_out(network, subnet), self._firewall(network))
        self.pods_range = pulumi.Output.from_input("pods")
        self.services_range = pulumi.Output.from_input("services")
        self.register_outputs(
            {
                "network_id": self.network_id,
                "pods_range": self.pods_range,
                "services_range": self.services_range,
                "subnetwork_id": self.subnetwork_id,
            }
        )

    def _subnet(self, network: gcp.compute.Network) -> gcp.compute.Subnetwork:
        return gcp.compute.Subnetwork(
            self._called,
            ip_cidr_range=self._want.nodes,
            network=network.id,
            private_ip_google_access=True,
            project=self._args["project"],
            region=self._args["region"],
            secondary_ip_ranges=[
                {"ip_cidr_range": self._want.pods, "range_name": "pods"},
                {"ip_cidr_range": self._want.services, "range_name": "services"},
            ],
            opts=self._kept,
        )

    def _way_out(self, network: gcp.compute.Network, subnet: gcp.compute.Subnetwork) -> gcp.compute.RouterNat:
        """Cloud NAT. Ports that grow with need exclude endpoint-independent mapping."""
        name, project, region = self._called, self._args["project"], self._args["region"]
        router = gcp.compute.Router(name, network=network.id, project=project, region=region, opts=self._child)
        return gcp.compute.RouterNat(
            name,
            enable_dynamic_port_allocation=True,
            enable_endpoint_independent_mapping=False,
            log_config={"enable": True, "filter": "ERRORS_ONLY"},
            max_ports_per_vm=MOST_PORTS,
            min_ports_per_vm=LEAST_PORTS,
            nat_ip_allocate_option="AUTO_ONLY",
            project=project,
            region=region,
            router=router.name,
            source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
            # Nodes put their own address on what pods send to the internet, so that nothing else comes by here.
            subnetworks=[{"name": subnet.id, "source_ip_ranges_to_nats": ["PRIMARY_IP_RANGE"]}],
            opts=self._child,
        )

    def _firewall(self, network: gcp.compute.Network) -> gcp.compute.Firewall:
        return gcp.compute.Firewall(
            f"{self._called}-health-checks",
            allows=[{"protocol": "tcp"}],
            description="Health checks and proxies of Google Cloud load balancers",
            direction="INGRESS",
            network=network.id,
            project=self._args["project"],
            source_ranges=list(GOOGLE_HEALTH_CHECKS),
            opts=self._child,
        )
