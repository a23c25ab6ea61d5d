"""The layers of the clouds against their oracles, on random configurations."""

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from hedgerow.graph import Views
from hedgerow.graph.reach import PortRange, Reach, reach
from hedgerow.graph.reach.layer import ports_to

from . import aws, gcp, vpc
from .aws_routes import passes
from .google_firewalls import allowed as by_firewalls
from .security_groups import allowed as by_groups

MANY = settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
WAYS = ("ingress", "egress")


def bounds(found: Reach, layer: str, way: str, address: str, packet: tuple[str, int]) -> set[bool]:
    """What a layer says of a pod and an address: one answer, or both where it is not known."""
    (cluster,) = found.clusters
    (one,) = [each for each in cluster.layers if each.name == layer]
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
@given(aws.configs())
def test_security_groups(config: Any) -> None:
    """Of nodes with different groups an answer is certain where they agree; of a range, whoever has its addresses."""
    found = reach(Views(aws.snapshot(config)))
    for address in aws.ADDRESSES:
        private = address.startswith(("10.", "192.")) or ":" in address
        owners = [[], [*aws.GROUPS, aws.CLUSTER]] if private else [[]]
        for packet in [(protocol, port) for protocol in ("TCP", "UDP", "SCTP") for port in aws.PORTS]:
            for way in WAYS:
                want = {
                    by_groups(config, mine, way, (address, their), packet)
                    for mine in config["nodes"]
                    for their in owners
                }
                assert bounds(found, "security groups", way, address, packet) == want, (address, packet, way)


@MANY
@given(gcp.configs)
def test_google_firewalls(config: Any) -> None:
    """Rules for senders by tag or account mean any machine inside; where one alone may count the answer is exact."""
    found = reach(Views(gcp.snapshot(config)))
    rules = [*config["rules"], gcp.OF_GKE]
    named = any(rule["source_tags"] or rule["source_accounts"] for rule in config["rules"])
    for address in gcp.ADDRESSES:
        private = address.startswith("10.") or ":" in address
        owners = [(tags, account) for tags in ([], ["web"], ["db"], ["web", "db"]) for account in ("", *gcp.ACCOUNTS)]
        others = [{"address": address, "tags": tags, "account": account} for tags, account in owners]
        for packet in [(protocol, port) for protocol in ("TCP", "UDP", "SCTP") for port in gcp.PORTS]:
            for way in WAYS:
                asked = [(mine, other) for mine in config["nodes"] for other in (others if private else others[:1])]
                want = {by_firewalls(rules, mine, way.upper(), other, packet) for mine, other in asked}
                got = bounds(found, "firewall rules", way, address, packet)
                assert want <= got, (address, packet, way)
                assert got == want or (named and private), (address, packet, way)


@MANY
@given(vpc.configs)
def test_aws_routes(config: Any) -> None:
    """Of nodes in several subnets an answer is certain where they agree."""
    found = reach(Views(vpc.snapshot(config)))
    for address in vpc.ADDRESSES:
        public = not address.startswith(("10.", "192.", "169."))
        for way in WAYS:
            want = {passes(config, subnet, way, address, public=public) for subnet in config["subnets"]}
            assert bounds(found, "routes", way, address, ("TCP", 80)) == want, (address, way)
