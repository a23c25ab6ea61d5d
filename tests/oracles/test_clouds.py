"""The layers of the clouds against their oracles, on random configurations."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hedgerow.graph import Views
from hedgerow.graph.reach import PortRange, Reach, reach
from hedgerow.graph.reach.layer import ports_to

from . import aws, gcp, gcp_network, vpc
from .aws_routes import answers as by_routes
from .google_firewalls import allowed as by_firewalls
from .google_routes import answers as by_hops
from .many import unshrunk
from .network_acls import answers as by_acls
from .security_groups import allowed as by_groups

MANY = unshrunk(60)
WAYS = ("ingress", "egress")


def some_packets(ports: tuple[int, ...]) -> Any:
    """A few packets: all of them, of every example, would be slow and tell no more."""
    each = st.tuples(st.sampled_from(("TCP", "TCP", "UDP", "SCTP")), st.sampled_from(ports))
    return st.lists(each, min_size=5, max_size=5, unique=True)


def bounds(found: Reach, layer: str, way: str, address: str, packet: tuple[str, int]) -> set[bool]:
    """What a layer says of a pod and an address: one answer, or both where it is not known; yes where there is none."""
    (cluster,) = found.clusters
    named = [each for each in cluster.layers if each.name == layer]
    if not named:
        return {True}
    (one,) = named
    pod = cluster.named["a/Pod/p"][0].site
    other = cluster.meant(f"{address}/{128 if ':' in address else 32}")[0].site
    ends = (other, pod) if way == "ingress" else (pod, other)
    port = cluster.space.mask(PortRange(packet[0], packet[1], packet[1]))
    sure, may = (ports_to(one.row(ends[0], sure=bound), ends[1]) & port == port for bound in (True, False))
    assert not sure or may
    answer = one.why(*ends, PortRange(packet[0], packet[1], packet[1])).allowed
    assert answer is (True if sure else None if may else False)
    return {sure, may}


@MANY
@given(aws.configs(), some_packets(aws.PORTS))
def test_security_groups(config: Any, packets: Any) -> None:
    """Of nodes with different groups an answer is certain where they agree; of a range, whoever has its addresses."""
    found = reach(Views(aws.snapshot(config)))
    for address in aws.ADDRESSES:
        private = address.startswith(("10.", "192.")) or ":" in address
        owners = [[], [*aws.GROUPS, aws.CLUSTER]] if private else [[]]
        for packet in packets:
            for way in WAYS:
                want = {
                    by_groups(config, mine, way, (address, their), packet)
                    for mine in config["nodes"]
                    for their in owners
                }
                assert bounds(found, "security groups", way, address, packet) == want, (address, packet, way)


@MANY
@given(gcp.configs, some_packets(gcp.PORTS))
def test_google_firewalls(config: Any, packets: Any) -> None:
    """Rules for senders by tag or account mean any machine inside; where one alone may count the answer is exact."""
    found = reach(Views(gcp.snapshot(config)))
    rules = [*config["rules"], gcp.OF_GKE]
    named = any(rule["source_tags"] or rule["source_accounts"] for rule in config["rules"])
    for address in gcp.ADDRESSES:
        private = address.startswith("10.") or ":" in address
        owners = [(tags, account) for tags in ([], ["web"], ["db"], ["web", "db"]) for account in ("", *gcp.ACCOUNTS)]
        others = [{"address": address, "tags": tags, "account": account} for tags, account in owners]
        for packet in packets:
            for way in WAYS:
                asked = [(mine, other) for mine in config["nodes"] for other in (others if private else others[:1])]
                want = {by_firewalls(rules, mine, way.upper(), other, packet) for mine, other in asked}
                got = bounds(found, "firewall rules", way, address, packet)
                assert want <= got, (address, packet, way)
                assert got == want or (named and private), (address, packet, way)


@MANY
@given(gcp_network.configs)
def test_google_routes(config: Any) -> None:
    """Of nodes with and without public addresses, or with different tags, an answer is certain where they agree."""
    found = reach(Views(gcp_network.snapshot(config)))
    for address in gcp_network.ADDRESSES:
        public = not address.startswith(("10.", "192.", "169.", "fd"))
        for way in WAYS:
            want = set().union(*(by_hops(config, each, way, address, public=public) for each in config["nodes"]))
            assert bounds(found, "routes", way, address, ("TCP", 80)) == want, (address, way)


@MANY
@given(vpc.configs())
def test_aws_routes(config: Any) -> None:
    """Of nodes in several subnets an answer is certain where they agree."""
    found = reach(Views(vpc.snapshot(config)))
    for address in vpc.ADDRESSES:
        public = not address.startswith(("10.", "192.", "169."))
        for way in WAYS:
            want = set().union(*(by_routes(config, each, way, address, public=public) for each in config["subnets"]))
            assert bounds(found, "routes", way, address, ("TCP", 80)) == want, (address, way)


@MANY
@given(vpc.configs(barred=True), some_packets(vpc.PORTS))
def test_network_acls(config: Any, packets: Any) -> None:
    """An answer is certain where every subnet of the nodes and every port that a client may choose agree."""
    found = reach(Views(vpc.snapshot(config)))
    for address in vpc.ADDRESSES:
        for packet in packets:
            for way in WAYS:
                want = set().union(*(by_acls(config, each, way, address, packet) for each in config["subnets"]))
                assert bounds(found, "network ACLs", way, address, packet) == want, (address, packet, way)
