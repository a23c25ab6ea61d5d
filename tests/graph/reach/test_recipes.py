"""Well-known policies and what they let through, written down by hand."""

from typing import Any

import pytest

from .clusters import answers, block, match, may, named, namespace, pod, policy

WEB, CLIENT, OTHER, FAR = "shop/Pod/web", "shop/Pod/client", "shop/Pod/other", "ops/Pod/monitor"
CLUSTER = (
    namespace("shop", team="shop"),
    namespace("ops", team="ops"),
    pod("shop/web", app="web"),
    pod("shop/client", app="client"),
    pod("shop/other", app="other"),
    pod("ops/monitor", app="monitor"),
)
ALL = {CLIENT, OTHER, FAR, "internet"}


def reaching_web(*policies: dict[str, Any], port: str = "TCP/80") -> set[str]:
    found = answers(*CLUSTER, *policies)
    return {source for source in ALL if may(found, source, WEB, port)}


INTO_WEB: dict[str, tuple[dict[str, Any], set[str]]] = {
    "no rule about it": (policy("ops/x", ingress=[]), ALL),
    "deny all to an application": (policy("shop/x", match(app="web"), ingress=[]), set()),
    "deny all without saying ingress": (policy("shop/x", match(app="web")), set()),
    "limit to an application": (
        policy("shop/x", match(app="web"), ingress=[{"from": [{"podSelector": match(app="client")}]}]),
        {CLIENT},
    ),
    "allow all to an application": (policy("shop/x", match(app="web"), ingress=[{}]), ALL),
    "deny all of a namespace": (policy("shop/x"), set()),
    "deny other namespaces": (policy("shop/x", ingress=[{"from": [{"podSelector": {}}]}]), {CLIENT, OTHER}),
    "allow from every namespace": (
        policy("shop/x", match(app="web"), ingress=[{"from": [{"namespaceSelector": {}}]}]),
        {CLIENT, OTHER, FAR},
    ),
    "allow from a namespace": (
        policy("shop/x", match(app="web"), ingress=[{"from": [{"namespaceSelector": match(team="ops")}]}]),
        {FAR},
    ),
    "allow from pods of a namespace": (
        policy(
            "shop/x",
            ingress=[{"from": [{"namespaceSelector": named("ops"), "podSelector": match(app="monitor")}]}],
        ),
        {FAR},
    ),
    "allow from outside": (policy("shop/x", match(app="web"), ingress=[{"from": []}]), ALL),
    "allow from a block": (policy("shop/x", ingress=[{"from": [block("0.0.0.0/0", "10.0.0.0/8")]}]), {"internet"}),
    "allow on one port": (policy("shop/x", ingress=[{"ports": [{"port": 80}]}]), ALL),
    "allow on another port": (policy("shop/x", ingress=[{"ports": [{"port": 81}]}]), set()),
    "allow by several selectors": (
        policy(
            "shop/x",
            ingress=[{"from": [{"podSelector": match(app="client")}, {"podSelector": match(app="other")}]}],
        ),
        {CLIENT, OTHER},
    ),
    "egress alone leaves ingress open": (policy("shop/x", policyTypes=["Egress"]), {FAR, "internet"}),
}


@pytest.mark.parametrize("recipe", INTO_WEB)
def test_a_recipe_lets_in_whom_it_says(recipe: str) -> None:
    given, wanted = INTO_WEB[recipe]
    assert reaching_web(given) == wanted


def test_policies_add_up() -> None:
    deny, allow = policy("shop/deny"), policy("shop/allow", match(app="web"), ingress=[{"from": [{"podSelector": {}}]}])
    assert reaching_web(deny, allow) == {CLIENT, OTHER}
    assert reaching_web(deny, allow, policy("shop/chart", ingress=[{}])) == ALL


def test_both_ends_must_let_it_through() -> None:
    out = policy("shop/out", match(app="client"), policyTypes=["Egress"], egress=[{"ports": [{"port": 443}]}])
    into = policy("shop/in", match(app="web"), ingress=[{"ports": [{"port": 80}]}])
    assert reaching_web(out) == ALL - {CLIENT}
    assert reaching_web(out, port="TCP/443") == ALL
    assert reaching_web(out, into, port="TCP/443") == set()


OUT_OF_CLIENT: dict[str, tuple[dict[str, Any], set[str]]] = {
    "deny egress": (policy("shop/x", policyTypes=["Egress"]), set()),
    "deny egress without saying so changes nothing": (policy("shop/x", egress=[]), {FAR, "internet", "metadata"}),
    "egress rules isolate even where types are left out": (
        policy("shop/x", egress=[{"to": [{"podSelector": {}}]}]),
        set(),
    ),
    "deny external egress": (
        policy("shop/x", policyTypes=["Egress"], egress=[{"to": [{"namespaceSelector": {}}]}]),
        {WEB, FAR},
    ),
    "internet without metadata": (
        policy("shop/x", policyTypes=["Egress"], egress=[{"to": [block("0.0.0.0/0", "169.254.0.0/16")]}]),
        {"internet"},
    ),
    "internet with metadata": (
        policy("shop/x", policyTypes=["Egress"], egress=[{"to": [block("0.0.0.0/0")]}]),
        {"internet", "metadata"},
    ),
    "an exception holds only within its own block": (
        policy(
            "shop/x",
            policyTypes=["Egress"],
            egress=[{"to": [block("0.0.0.0/0", "169.254.0.0/16"), block("169.254.169.254/32")]}],
        ),
        {"internet", "metadata"},
    ),
}


@pytest.mark.parametrize("recipe", OUT_OF_CLIENT)
def test_a_recipe_lets_out_what_it_says(recipe: str) -> None:
    given, wanted = OUT_OF_CLIENT[recipe]
    found = answers(*CLUSTER, given)
    assert {to for to in (WEB, FAR, "internet", "metadata") if may(found, CLIENT, to)} == wanted


PORTS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "no ports": ([], "every port"),
    "a number means TCP": ([{"port": 53}], "TCP/53"),
    "a protocol means all its ports": ([{"protocol": "UDP"}], "UDP"),
    "an empty port means all of TCP": ([{}], "TCP"),
    "a range": ([{"port": 8000, "endPort": 8100}], "TCP/8000-8100"),
    "ranges that touch are one": ([{"port": 1, "endPort": 9}, {"port": 10, "endPort": 65535}], "TCP"),
    "SCTP": ([{"port": 7777, "protocol": "SCTP"}], "SCTP/7777"),
    "a name": ([{"port": "http"}], "TCP/8080"),
    "a name of another protocol": ([{"port": "http", "protocol": "UDP"}], "no port"),
    "a name that it does not have": ([{"port": "https"}], "no port"),
    "a name of a sidecar": ([{"port": "mesh"}], "TCP/15000"),
    "a name of what only runs first": ([{"port": "setup"}], "no port"),
    "several": ([{"port": 53, "protocol": "UDP"}, {"port": 53}, {"port": "http"}], "TCP/53, TCP/8080, UDP/53"),
}


@pytest.mark.parametrize("case", PORTS)
def test_ports_mean_what_they_say(case: str) -> None:
    from hedgerow.graph.reach.ports import told

    given, wanted = PORTS[case]
    spec = {
        "containers": [{"name": "a", "ports": [{"name": "http", "containerPort": 8080}]}],
        "initContainers": [
            {"name": "b", "restartPolicy": "Always", "ports": [{"name": "mesh", "containerPort": 15000}]},
            {"name": "c", "ports": [{"name": "setup", "containerPort": 1}]},
        ],
    }
    cluster = (namespace("a"), pod("a/web", spec, app="web"), pod("a/client"))
    into = answers(*cluster, policy("a/in", ingress=[{"ports": given}]))
    out = answers(*cluster, policy("a/out", policyTypes=["Egress"], egress=[{"ports": given}]))
    assert told(into.ports("a/Pod/client", "a/Pod/web")) == wanted
    assert told(out.ports("a/Pod/client", "a/Pod/web")) == wanted


def test_a_named_port_is_each_destinations_own() -> None:
    from .clusters import ports

    found = answers(
        namespace("a"),
        pod("a/old", ports(http=80)),
        pod("a/new", ports(http=8080)),
        pod("a/client", app="client"),
        policy("a/out", match(app="client"), policyTypes=["Egress"], egress=[{"ports": [{"port": "http"}]}]),
    )
    assert found.ports("a/Pod/client", "a/Pod/old") == (("TCP", 80, 80),)
    assert found.ports("a/Pod/client", "a/Pod/new") == (("TCP", 8080, 8080),)
    assert found.ports("a/Pod/client", "internet") == ()
