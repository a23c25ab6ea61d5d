"""A network for clusters: public, private and intra subnets, each zone in a slot of its own that never moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..shared.checks import choice
from ..shared.inputs import checking
from ..shared.waiting import ready
from .layout import check_network, check_zones, planned_ranges

DEFAULT_ZONES = ("a", "b", "c")
ANYWHERE = "0.0.0.0/0"
ROLE_TAGS = {
    "public": {"kubernetes.io/role/elb": "1"},
    "private": {"kubernetes.io/role/internal-elb": "1"},
    "intra": {},
}
"""Tags by which load balancer controllers find the subnets of a tier (AWS user guide, network-load-balancing)."""


class NatMode(StrEnum):
    """NAT gateways by which private subnets reach the internet."""

    NONE = "none"
    SINGLE = "single"
    PER_ZONE = "per_zone"


class VpcSettings(TypedDict):
    cidr: str
    """Range of the network, a private /16 to /22 such as `10.16.0.0/16`."""
    nat: NotRequired[NatMode]
    """NAT gateways of the private subnets: `none`, `single` or `per_zone`. Default: `per_zone`."""
    zones: NotRequired[list[str]]
    """Letters of 2 to 4 availability zones. Default: `[a, b, c]`."""


class VpcArgs(VpcSettings):
    region: pulumi.Input[str]
    """Region of the network; with a letter it is the name of a zone."""
    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete the network and its subnets. Default: `false`."""
    tags: NotRequired[dict[str, str]]
    """Tags of everything here. Default: only names and load-balancer roles."""


@dataclass(frozen=True)
class VpcPlan:
    """`subnets` holds ranges by tier and zone; `gateways` the zone whose NAT gateway each zone leaves by."""

    cidr: str
    gateways: dict[str, str]
    protect: bool
    subnets: dict[str, dict[str, str]]
    tags: dict[str, str]


def plan(name: str, args: VpcArgs) -> VpcPlan:
    with checking("Vpc", name, args, VpcArgs) as wrong:
        network = check_network(wrong, args["cidr"])
        zones = check_zones(wrong, list(args.get("zones", DEFAULT_ZONES)))
        nat = choice(wrong, "nat", args.get("nat", NatMode.PER_ZONE), NatMode)
    gateways = {
        NatMode.NONE: {},
        NatMode.SINGLE: dict.fromkeys(zones, zones[0]),
        NatMode.PER_ZONE: {zone: zone for zone in zones},
    }
    return VpcPlan(
        cidr=str(network),
        gateways=gateways[nat],
        protect=bool(args.get("protect", False)),
        subnets=planned_ranges(network, zones),
        tags=dict(args.get("tags", {})),
    )


Tier = dict[str, tuple[aws.ec2.Subnet, aws.ec2.RouteTableAssociation]]
"""Subnets of one tier with their route tables, by zone."""


class Vpc(pulumi.ComponentResource):
    """A network for clusters: public, private and intra subnets, each zone in a slot that never moves."""

    intra_subnet_ids: pulumi.Output[dict[str, str]]
    """Ids of the subnets without any way out, by zone."""
    private_subnet_ids: pulumi.Output[dict[str, str]]
    """Ids of the subnets that leave by NAT, by zone, known once their routes are there."""
    public_subnet_ids: pulumi.Output[dict[str, str]]
    """Ids of the subnets that the internet reaches, by zone, known once their route is there."""
    vpc_id: pulumi.Output[str]
    """Id of the network."""

    def __init__(self, name: str, args: VpcArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:Vpc", name, dict(args), opts)
        self._called, self._region, self._want = name, args["region"], plan(name, args)
        self._child = pulumi.ResourceOptions(parent=self)
        # Not False, which would lift the protection of a parent.
        self._kept = pulumi.ResourceOptions(parent=self, protect=self._want.protect or None)
        self.vpc_id = self._network()
        self.public_subnet_ids, gateways = self._public()
        self.private_subnet_ids = self._private(gateways)
        intra = self._table("intra")
        self.intra_subnet_ids = _ids(self._tier("intra", dict.fromkeys(self._want.subnets["intra"], intra)))
        self.register_outputs(
            {
                "intra_subnet_ids": self.intra_subnet_ids,
                "private_subnet_ids": self.private_subnet_ids,
                "public_subnet_ids": self.public_subnet_ids,
                "vpc_id": self.vpc_id,
            }
        )

    def _tags(self, child: str) -> dict[str, str]:
        return {"Name": child, **self._want.tags}

    def _network(self) -> pulumi.Output[str]:
        name = self._called
        network = aws.ec2.Vpc(
            name,
            cidr_block=self._want.cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=self._tags(name),
            opts=self._kept,
        )
        aws.ec2.DefaultSecurityGroup(
            f"{name}-default",
            egress=[],
            ingress=[],
            tags=self._tags(f"{name}-default"),
            vpc_id=network.id,
            opts=self._child,
        )
        return network.id

    def _public(self) -> tuple[pulumi.Output[dict[str, str]], dict[str, aws.ec2.NatGateway]]:
        """The public subnets, and the NAT gateways in them by zone."""
        name, table = f"{self._called}-public", self._table("public")
        internet = aws.ec2.InternetGateway(
            self._called, vpc_id=self.vpc_id, tags=self._tags(self._called), opts=self._child
        )
        route = aws.ec2.Route(
            name, destination_cidr_block=ANYWHERE, gateway_id=internet.id, route_table_id=table.id, opts=self._child
        )
        tier = self._tier("public", dict.fromkeys(self._want.subnets["public"], table))
        gateways = {
            zone: self._gateway(zone, tier[zone][0], route) for zone in sorted(set(self._want.gateways.values()))
        }
        return _ids(tier, dict.fromkeys(tier, route)), gateways

    def _gateway(self, zone: str, subnet: aws.ec2.Subnet, way_out: aws.ec2.Route) -> aws.ec2.NatGateway:
        name, opts = f"{self._called}-nat-{zone}", pulumi.ResourceOptions(parent=self, depends_on=[way_out])
        address = aws.ec2.Eip(name, domain="vpc", tags=self._tags(name), opts=opts)
        return aws.ec2.NatGateway(name, allocation_id=address.id, subnet_id=subnet.id, tags=self._tags(name), opts=opts)

    def _private(self, gateways: Mapping[str, aws.ec2.NatGateway]) -> pulumi.Output[dict[str, str]]:
        # One table a zone, whatever the mode: so a change of `nat` changes routes and moves no subnet.
        tables = {zone: self._table(f"private-{zone}") for zone in self._want.subnets["private"]}
        routes = {
            zone: aws.ec2.Route(
                f"{self._called}-private-{zone}",
                destination_cidr_block=ANYWHERE,
                nat_gateway_id=gateways[gateway].id,
                route_table_id=tables[zone].id,
                opts=self._child,
            )
            for zone, gateway in self._want.gateways.items()
        }
        return _ids(self._tier("private", tables), routes)

    def _table(self, role: str) -> aws.ec2.RouteTable:
        name = f"{self._called}-{role}"
        return aws.ec2.RouteTable(name, vpc_id=self.vpc_id, tags=self._tags(name), opts=self._child)

    def _tier(self, tier: str, tables: Mapping[str, aws.ec2.RouteTable]) -> Tier:
        return {zone: self._subnet(tier, zone, table) for zone, table in tables.items()}

    def _subnet(
        self, tier: str, zone: str, table: aws.ec2.RouteTable
    ) -> tuple[aws.ec2.Subnet, aws.ec2.RouteTableAssociation]:
        name = f"{self._called}-{tier}-{zone}"
        subnet = aws.ec2.Subnet(
            name,
            availability_zone=pulumi.Output.concat(self._region, zone),
            cidr_block=self._want.subnets[tier][zone],
            map_public_ip_on_launch=False,
            tags=self._tags(name) | ROLE_TAGS[tier],
            vpc_id=self.vpc_id,
            opts=self._kept,
        )
        placed = aws.ec2.RouteTableAssociation(name, route_table_id=table.id, subnet_id=subnet.id, opts=self._child)
        return subnet, placed


def _ids(tier: Tier, routes: Mapping[str, aws.ec2.Route] = MappingProxyType({})) -> pulumi.Output[dict[str, str]]:
    """Ids by zone, each once its subnet has its table and, where there is one, its route."""
    ids: dict[str, pulumi.Output[str]] = {}
    for zone, (subnet, placed) in tier.items():
        ids[zone] = ready(subnet.id, placed, *([routes[zone]] if zone in routes else []))
    return pulumi.Output.all(**ids)
