"""The paths that the settings of the example stacks ask for, and no other: derived from their files by hand, not by reach.

A tenant's pods reach each other, cluster DNS, and what another tenant's file lets them reach. A public load balancer
lets in the internet on its workload's ports; on EKS also whatever has an address in the VPC, as policies there know
pods by their addresses and the load balancer is one of them.
"""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
import yaml

from hedgerow.commands import base
from hedgerow.graph import Views
from hedgerow.graph.reach import Endpoint, Reach, reach
from hedgerow.graph.reach.matrix import matrix
from hedgerow.report.reach_svg import picture

from ...support import ROOT, compare_text

STACKS = ("aws-prod", "gcp-prod")
TENANT = "platform.example.com/tenant"
EVERY = {"TCP", "UDP", "SCTP"}
DNS = {"TCP/53", "UDP/53"}


def settings(stack: str) -> dict[str, Any]:
    """What the files of a stack's tenants say for its class."""
    given = yaml.safe_load((ROOT / "stacks" / f"Pulumi.{stack}.yaml").read_text())["config"]
    names = given["hedgerow:tenants"]
    return {name: yaml.safe_load((ROOT / "stacks" / "tenants" / f"{name}.yaml").read_text()) for name in names}


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> tuple[str, Reach]:
    return request.param, reach(Views(base.embedded(request.param, folder=ROOT)))


class Asked:
    """What settings ask for, pair by pair."""

    def __init__(self, stack: str) -> None:
        self.tenants, self.aws = settings(stack), stack.startswith("aws")
        network = yaml.safe_load((ROOT / "stacks" / f"Pulumi.{stack}.yaml").read_text())["config"]
        self.network = network["hedgerow:aws"]["network"]["cidr"] if self.aws else ""

    def ports(self, source: str, to: str) -> set[str]:
        """The ports that a source may send to, where one of the two is a tenant's."""
        (one, sender), (other, receiver) = self.party(source), self.party(to)
        if one in self.tenants and one == other:
            return EVERY
        if one in self.tenants and (
            to.startswith("kube-system/any/k8s-app=") or (self.aws and to == "169.254.20.10/32")
        ):
            return DNS
        return {port for port, who in self.opened(other, receiver) if self.means(who, one, sender, source)}

    def opened(self, tenant: str, workload: str) -> Iterator[tuple[str, str]]:
        """Ports of a workload, each with whom it is for: a tenant, one workload of a tenant, or `public`."""
        given = self.tenants.get(tenant, {})
        own = (given.get("workloads") or {}).get(workload, {})
        for who, ports in [*(given.get("allow_from") or {}).items(), *(own.get("allow_from") or {}).items()]:
            yield from ((port, who) for port in ports)
        if own.get("load_balancer") == "public":
            for container in own["containers"].values():
                yield from ((port, "public") for port in container["ports"].values())

    def means(self, who: str, tenant: str, workload: str, source: str) -> bool:
        """Whether somebody is who a port is for."""
        inside = tenant != "" and self.aws
        public = source.startswith("internet") or inside or source == self.network or _of_the_internet(source)
        return public if who == "public" else who in (tenant, f"{tenant}/{workload}")

    @staticmethod
    def party(name: str) -> tuple[str, str]:
        """The namespace and the workload of an endpoint; nothing for an address."""
        parts = name.split("/")
        return (parts[0], parts[2]) if len(parts) == 3 else ("", "")


def test_what_settings_ask_for_is_there_and_nothing_else(stack: tuple[str, Reach]) -> None:
    name, found = stack
    asked = Asked(name)
    got: dict[tuple[str, str], set[str]] = {}
    for path in [*found.paths(), *found.unknown()]:
        got.setdefault((path.source.name, path.destination.name), set()).update(map(str, path.ports))
    ends = found.clusters[0].endpoints
    pairs = [(one, other) for one in ends for other in ends if one is not other and _of(asked, one, other)]
    assert len(pairs) > 60
    wrong = {
        (one.name, other.name): (got.get((one.name, other.name), set()), asked.ports(one.name, other.name))
        for one, other in pairs
        if got.get((one.name, other.name), set()) != asked.ports(one.name, other.name)
    }
    assert wrong == {}


def test_the_internet_gets_in_by_load_balancers_that_were_asked_for(stack: tuple[str, Reach]) -> None:
    name, found = stack
    asked = Asked(name)
    public = {
        f"{tenant}/Deployment/{workload}"
        for tenant, given in asked.tenants.items()
        for workload, own in (given.get("workloads") or {}).items()
        if own.get("load_balancer") == "public"
    }
    reached = {path.destination.name for path in found.paths() if path.source.name == "internet"}
    assert reached == public
    assert len([way for way in found.ways if way.public is not False]) == len(public)


def test_the_pictures_in_docs_are_those_of_the_stacks(stack: tuple[str, Reach]) -> None:
    name, found = stack
    compare_text(ROOT / "docs" / f"reach-{name}.svg", picture(name, matrix(found, TENANT)))


def _of_the_internet(text: str) -> bool:
    try:
        return ip_network(text).is_global
    except ValueError:
        return False


def _of(asked: Asked, *ends: Endpoint) -> bool:
    """Whether a tenant's pod is among the ends, and none but pods, the internet, metadata servers and the network."""
    return any(asked.party(end.name)[0] in asked.tenants for end in ends)
