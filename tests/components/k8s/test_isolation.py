import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.k8s.tenant import plan
from components.shared import assembly
from components.shared.platform import DnsArgs
from hedgerow.facts import profiles

from .examples import FULLEST, PLATFORM, SMALLEST, with_platform

BOTH = ["Ingress", "Egress"]
TCP_443 = [{"protocol": "TCP", "port": 443}]


def specs(args: Any) -> dict[str, Any]:
    return {name: manifest["spec"] for name, manifest in plan("payments", args).network_policies.items()}


def namespace(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def test_the_smallest_tenant_is_closed_but_for_itself_and_dns() -> None:
    dns_pods = {**namespace("kube-system"), "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
    assert specs(SMALLEST) == {
        "default-deny": {"podSelector": {}, "policyTypes": BOTH},
        "same-namespace": {
            "podSelector": {},
            "policyTypes": BOTH,
            "ingress": [{"from": [{"podSelector": {}}]}],
            "egress": [{"to": [{"podSelector": {}}]}],
        },
        "dns": {
            "podSelector": {},
            "policyTypes": ["Egress"],
            "egress": [
                {
                    "to": [dns_pods, {"ipBlock": {"cidr": "169.254.20.10/32"}}],
                    "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
                }
            ],
        },
    }


def test_every_kind_of_dns_pod_is_reached_as_a_peer_of_its_own() -> None:
    """Labels of two kinds in one selector would match neither."""
    kinds = [{"k8s-app": "kube-dns"}, {"k8s-app": "node-local-dns"}]
    dns: DnsArgs = {"addresses": ["169.254.20.10/32"], "namespace": "kube-system", "pods": kinds}
    (rule,) = specs({**SMALLEST, "platform": {**PLATFORM, "dns": dns}})["dns"]["egress"]
    assert rule["to"] == [
        *({**namespace("kube-system"), "podSelector": {"matchLabels": labels}} for labels in kinds),
        {"ipBlock": {"cidr": "169.254.20.10/32"}},
    ]


NODE_LOCAL, CLOUD_DNS = "169.254.20.10/32", "169.254.169.254/32"


BY_PROFILE = {
    "eks": (["kube-dns"], [NODE_LOCAL]),
    "gke": (["kube-dns"], []),
    "gke-node-local-dns": (["kube-dns", "node-local-dns"], [NODE_LOCAL]),
    "gke-cloud-dns": (["kube-dns", "node-local-dns"], [NODE_LOCAL, CLOUD_DNS]),
    "gke-calico": (["kube-dns"], [NODE_LOCAL]),
}


@pytest.mark.parametrize("name", profiles.PROFILES)
def test_every_kind_of_cluster_has_dns_and_keeps_its_metadata_servers(name: str) -> None:
    pods, addresses = BY_PROFILE[name]
    settings = {"environment": "dev", "label_prefix": "platform.example.com", "versions": {"kubernetes": "1.35"}}
    ranges = {"network": "203.0.113.0/24", "services": "10.1.0.0/20"}
    platform = assembly.contract(profiles.profile(name), "main", settings, ranges, {})
    found = specs({**SMALLEST, "internet": ["TCP/80"], "platform": platform})
    (dns,) = found["dns"]["egress"]
    assert dns["ports"] == [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]
    assert dns["to"] == [
        *({**namespace("kube-system"), "podSelector": {"matchLabels": {"k8s-app": kind}}} for kind in pods),
        *({"ipBlock": {"cidr": address}} for address in addresses),
    ]
    outside = [peer["ipBlock"] for peer in found["internet"]["egress"][0]["to"]]
    for server in map(ipaddress.ip_network, platform["metadata_addresses"]):
        (block,) = [one for one in outside if ipaddress.ip_network(one["cidr"]).version == server.version]
        assert any(server.subnet_of(ipaddress.ip_network(text)) for text in block["except"])  # type: ignore[arg-type]


def test_other_tenants_are_let_in_and_reached_by_port() -> None:
    found = specs({**SMALLEST, "allow_from": {"search": ["TCP/443"]}, "allow_to": {"audit": ["TCP/443"]}})
    assert found["from-search"] == {
        "podSelector": {},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [namespace("search")], "ports": TCP_443}],
    }
    assert found["to-audit"] == {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [{"to": [namespace("audit")], "ports": TCP_443}],
    }


def test_no_fence_has_a_rule_without_peers_or_a_peer_of_every_namespace() -> None:
    for spec in specs(FULLEST).values():
        for side, peers in (("ingress", "from"), ("egress", "to")):
            for rule in spec.get(side, []):
                assert rule[peers], "no peers would mean everybody"
                assert all(peer.get("namespaceSelector", {"matchLabels": True}) for peer in rule[peers])
                own = rule[peers] == [{"podSelector": {}}]
                assert own or rule["ports"], "no ports would mean every port"


INSIDE = [
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10",
]  # fmt: skip
ADDRESSES = st.one_of(
    st.ip_addresses(v=4),
    st.ip_addresses(v=6),
    st.sampled_from(
        [address for text in INSIDE for address in (ipaddress.ip_network(text)[0], ipaddress.ip_network(text)[-1])]
    ),
    st.sampled_from(["169.254.169.254", "fd00:ec2::254", "203.0.113.7", "240.1.2.3", "2001:db8::1", "8.8.8.8"]).map(
        ipaddress.ip_address
    ),
)


@given(
    ADDRESSES,
    st.lists(
        st.sampled_from(
            ["203.0.113.0/24", "240.0.0.0/8", "10.16.0.0/16", "2001:db8::/56", "8.8.8.0/25", "8.8.8.128/25"]
        )
    ),
)
def test_the_internet_is_every_address_that_is_nobodys_inside(address: Any, ranges: list[str]) -> None:
    args = with_platform(ranges={f"r{number}": text for number, text in enumerate(ranges)})
    rule = specs({**args, "internet": ["TCP/443"]})["internet"]["egress"][0]
    reached = any(
        address in ipaddress.ip_network(peer["ipBlock"]["cidr"])
        and not any(address in ipaddress.ip_network(text) for text in peer["ipBlock"]["except"])
        for peer in rule["to"]
    )
    inside = any(address in ipaddress.ip_network(text) for text in (*INSIDE, *ranges))
    assert reached != inside
    assert rule["ports"] == TCP_443


def test_an_except_lies_within_its_block_or_the_api_server_refuses_it() -> None:
    for peer in specs(FULLEST)["internet"]["egress"][0]["to"]:
        block = ipaddress.ip_network(peer["ipBlock"]["cidr"])
        for text in peer["ipBlock"]["except"]:
            inside = ipaddress.ip_network(text)
            assert inside.version == block.version
            assert inside.prefixlen > block.prefixlen


@pytest.mark.parametrize("internet", [[], None])
def test_the_internet_is_closed_unless_a_port_is_named(internet: list[str] | None) -> None:
    args = SMALLEST if internet is None else {**SMALLEST, "internet": internet}
    assert "internet" not in specs(args)


def test_the_order_in_which_tenants_and_ports_are_written_changes_nothing() -> None:
    one = {"search": ["TCP/443", "UDP/53"], "audit": ["TCP/1"]}
    other = {"audit": ["TCP/1"], "search": ["UDP/53", "TCP/443"]}
    first, second = ({**SMALLEST, "allow_from": order} for order in (one, other))
    assert list(specs(first).items()) == list(specs(second).items())


def test_plans_share_nothing_that_a_change_of_one_could_carry_to_the_other() -> None:
    before = specs(SMALLEST)
    specs(SMALLEST)["default-deny"]["podSelector"]["matchLabels"] = {"app": "only"}
    assert specs(SMALLEST) == before
    assert PLATFORM["dns"]["pods"] == [{"k8s-app": "kube-dns"}]
