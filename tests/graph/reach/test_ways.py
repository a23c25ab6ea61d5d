"""Ways in: what opens one, who gets in by it from the internet and from inside the network, and what stops it."""

from typing import Any

import pytest

from hedgerow.graph import UNKNOWN, Views
from hedgerow.graph.reach import PortRange, Reach, difference, reach

from .clusters import block, match, may, namespace, pod, policy, ports, snapshot

API = "shop/Pod/api"
AWS = "service.beta.kubernetes.io/aws-load-balancer-"
SPEC = ports(http=8080, admin=9000)
CLUSTER = (namespace("shop"), pod("shop/api", SPEC, app="api"), pod("shop/db", app="db"))


def service(kind: Any = "LoadBalancer", annotations: Any = None, port: Any = None, **spec: Any) -> dict[str, Any]:
    """A Service; a load balancer's has no node ports unless it says so."""
    spec = {**({"allocateLoadBalancerNodePorts": False} if kind == "LoadBalancer" else {}), **spec}
    given = {"type": kind, "selector": {"app": "api"}, "ports": [port or {"port": 443, "targetPort": 8080}], **spec}
    metadata = {"name": "front", "namespace": "shop", "annotations": annotations or {}}
    return {"kind": "Service", "metadata": metadata, "spec": given}


def ingress(cls: str, backend: Any, **annotations: str) -> dict[str, Any]:
    spec = {"ingressClassName": cls, "rules": [{"http": {"paths": [{"backend": {"service": backend}}]}}]}
    return {
        "kind": "Ingress",
        "metadata": {"name": "edge", "namespace": "shop", "annotations": annotations},
        "spec": spec,
    }


LISTENER = {"name": "web", "port": 80, "protocol": "HTTP"}


def route(gateway: str) -> tuple[dict[str, Any], dict[str, Any]]:
    parent = {
        "kind": "Gateway",
        "metadata": {"name": "gate", "namespace": "shop"},
        "spec": {"gatewayClassName": gateway, "listeners": [LISTENER]},
    }
    spec = {"parentRefs": [{"name": "gate"}], "rules": [{"backendRefs": [{"name": "front", "port": 443}]}]}
    return parent, {"kind": "HTTPRoute", "metadata": {"name": "way", "namespace": "shop"}, "spec": spec}


def opened(*objects: dict[str, Any]) -> Reach:
    return reach(Views(snapshot(*CLUSTER, *objects)), plugin="cilium")


def into(found: Reach, source: str = "internet", to: str = API, port: str = "TCP/8080") -> bool | None:
    return may(found, source, to, port)


def ingress_class(controller: str, **spec: Any) -> dict[str, Any]:
    return {"kind": "IngressClass", "metadata": {"name": "edge"}, "spec": {"controller": controller, **spec}}


FACING = {"alb.ingress.kubernetes.io/scheme": "internet-facing"}
EDGE = {**FACING, "alb.ingress.kubernetes.io/inbound-cidrs": "8.8.8.0/24"}
ONE: dict[str, Any] = {"loadBalancerSourceRanges": ["8.8.8.0/24"]}
LOCAL = {"externalTrafficPolicy": "Local"}
INNER = service("ClusterIP")
BACKEND = {"name": "front", "port": {"number": 443}}
TABLE: dict[str, tuple[tuple[dict[str, Any], ...], bool | None]] = {
    "nothing": ((), False),
    "a ClusterIP Service": ((service("ClusterIP"),), False),
    "a Service that says no type": ((service(None),), False),
    "an ExternalName Service": ((service("ExternalName"),), False),
    "a LoadBalancer": ((service(),), True),
    "a LoadBalancer that is internal by annotation": ((service(annotations={f"{AWS}scheme": "internal"}),), False),
    "a LoadBalancer that is internal, the old way": ((service(annotations={f"{AWS}internal": "true"}),), False),
    "a LoadBalancer that is internal on Google Cloud": (
        (service(annotations={"networking.gke.io/load-balancer-type": "Internal"}),),
        False,
    ),
    "a LoadBalancer of the AWS controller is internal where it says nothing": (
        (service(loadBalancerClass="service.k8s.aws/nlb"),),
        False,
    ),
    "a LoadBalancer of the AWS controller that faces the internet": (
        (service(annotations={f"{AWS}scheme": "internet-facing"}, loadBalancerClass="service.k8s.aws/nlb"),),
        True,
    ),
    "a LoadBalancer of the AWS controller by its type is internal where it says nothing": (
        (service(annotations={f"{AWS}type": "external", f"{AWS}nlb-target-type": "ip"}),),
        False,
    ),
    "a LoadBalancer of the AWS controller by its older type": ((service(annotations={f"{AWS}type": "nlb-ip"}),), False),
    "a LoadBalancer of the AWS controller by its type that faces the internet": (
        (service(annotations={f"{AWS}type": "external", f"{AWS}scheme": "internet-facing"}),),
        True,
    ),
    "a LoadBalancer of the AWS controller by its type that is not internal, the old way": (
        (service(annotations={f"{AWS}type": "external", f"{AWS}internal": "false"}),),
        True,
    ),
    "a LoadBalancer of the type that Kubernetes itself makes": ((service(annotations={f"{AWS}type": "nlb"}),), True),
    "a LoadBalancer of a type that is not known yet": ((service(annotations={f"{AWS}type": UNKNOWN}),), None),
    "a LoadBalancer that is internal on Azure": (
        (service(annotations={"service.beta.kubernetes.io/azure-load-balancer-internal": "true"}),),
        False,
    ),
    "a LoadBalancer of Google's class": ((service(loadBalancerClass="networking.gke.io/l4-regional-external"),), True),
    "a LoadBalancer of Google's internal class": (
        (service(loadBalancerClass="networking.gke.io/l4-regional-internal"),),
        False,
    ),
    "a LoadBalancer of a class that nobody knows": ((service(loadBalancerClass="example.com/lb"),), None),
    "a LoadBalancer of a class that is not known yet": ((service(loadBalancerClass=UNKNOWN),), None),
    "a headless Service": ((service("ClusterIP", clusterIP="None"),), False),
    "a type that the API server refuses": ((service("Foo"),), None),
    "a NodePort, where nobody knows of the nodes' addresses": ((service("NodePort"),), None),
    "a type that is not known yet": ((service(UNKNOWN),), None),
    "a Service without a selector": ((service(selector={}),), False),
    "a Service that selects somebody else": ((service(selector={"app": "db"}),), False),
    "a named port": ((service(port={"port": 80, "targetPort": "http"}),), True),
    "another named port": ((service(port={"port": 80, "targetPort": "admin"}),), False),
    "the port itself": ((service(port={"port": 8080}),), True),
    "another protocol": ((service(port={"port": 8080, "protocol": "UDP"}),), False),
    "an Ingress of the AWS controller is internal where it says nothing": ((INNER, ingress("alb", BACKEND)), False),
    "an Ingress of the AWS controller that faces the internet": (
        (INNER, ingress("alb", BACKEND, **{"alb.ingress.kubernetes.io/scheme": "internet-facing"})),
        True,
    ),
    "an Ingress of a class that the AWS controller serves": (
        (INNER, ingress_class("ingress.k8s.aws/alb"), ingress("edge", BACKEND, **FACING)),
        True,
    ),
    "an Ingress of a class that may say more": (
        (
            INNER,
            ingress_class("eks.amazonaws.com/alb", parameters={"kind": "IngressClassParams"}),
            ingress("edge", BACKEND),
        ),
        None,
    ),
    "an Ingress of a class of another controller": (
        (INNER, ingress_class("example.com/edge"), ingress("edge", BACKEND, **FACING)),
        None,
    ),
    "an Ingress that does not know its Service yet": (
        (INNER, ingress("gce", {"name": UNKNOWN, "port": {"number": 443}})),
        None,
    ),
    "an Ingress of Google Cloud": ((INNER, ingress("gce", BACKEND)), True),
    "an internal Ingress of Google Cloud": ((INNER, ingress("gce-internal", BACKEND)), False),
    "an Ingress of another controller": ((INNER, ingress("nginx", BACKEND)), None),
    "an Ingress to a Service that is not there": ((ingress("gce", BACKEND),), False),
    "an Ingress to another port": ((INNER, ingress("gce", {"name": "front", "port": {"number": 1}})), False),
    "a route of a public gateway": ((INNER, *route("gke-l7-global-external-managed")), True),
    "a route of an internal gateway": ((INNER, *route("gke-l7-rilb")), False),
    "a route of a gateway of another class": ((INNER, *route("nginx")), None),
    "a route of a gateway that is not there": ((INNER, route("gke-l7-gxlb")[1]), None),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_internet_gets_in_by_ways_only(case: str) -> None:
    objects, wanted = TABLE[case]
    found = opened(*objects)
    assert into(found) is wanted
    assert into(found, to="shop/Pod/db") is ("somebody else" in case)


def test_a_load_balancers_own_ranges_count() -> None:
    found = opened(service(loadBalancerSourceRanges=["8.8.8.0/24"]))
    assert (into(found, "8.8.8.8"), into(found, "9.9.9.9")) == (True, False)
    assert [str(each) for each in found.why("9.9.9.9", API, PortRange("TCP", 8080, 8080)).reasons] == [
        "Ingress: LoadBalancer Service 'shop/front' leads port 443 to TCP/8080, and does not take packets from there"
    ]
    assert into(opened(service(loadBalancerSourceRanges=[UNKNOWN])), "8.8.8.8") is None


def test_ranges_may_stand_in_annotations() -> None:
    noted = service(annotations={"service.beta.kubernetes.io/load-balancer-source-ranges": "8.8.8.0/24, 1.1.1.0/24"})
    edge = ingress("alb", BACKEND, **FACING, **{"alb.ingress.kubernetes.io/inbound-cidrs": "8.8.8.0/24"})
    for found in (opened(noted), opened(INNER, edge)):
        assert (into(found, "8.8.8.8"), into(found, "9.9.9.9")) == (True, False)
    field = service(annotations=noted["metadata"]["annotations"], loadBalancerSourceRanges=["9.9.9.0/24"])
    assert (into(opened(field), "8.8.8.8"), into(opened(field), "9.9.9.9")) == (False, True)


ALB = "alb.ingress.kubernetes.io/"
GROUPED = {
    "groups of a LoadBalancer": (service(annotations={f"{AWS}security-groups": "sg-1"}, **ONE),),
    "lists of a LoadBalancer": (service(annotations={f"{AWS}security-group-prefix-lists": "pl-1"}, **ONE),),
    "groups of an Ingress": (INNER, ingress("alb", BACKEND, **EDGE, **{f"{ALB}security-groups": "sg-1"})),
    "lists of an Ingress": (INNER, ingress("alb", BACKEND, **EDGE, **{f"{ALB}security-group-prefix-lists": "pl-1"})),
}


@pytest.mark.parametrize("case", GROUPED)
def test_groups_of_its_own_let_in_nobody_knows_whom(case: str) -> None:
    found = opened(*GROUPED[case])
    assert (into(found), into(found, "8.8.8.8"), into(found, "9.9.9.9")) == (None, None, None)
    assert [str(each) for each in found.why("internet", API, PortRange("TCP", 8080, 8080)).reasons][1] == (
        "Ingress: it names security groups or prefix lists, and whom those let in is not known here"
    )


@pytest.mark.parametrize("version", ["extensions/v1beta1", "networking.k8s.io/v1beta1"])
def test_an_ingress_of_a_version_that_is_gone_is_told_and_leads_anywhere(version: str) -> None:
    old = {"backend": {"serviceName": "front", "servicePort": 443}}
    edge = {**ingress("alb", BACKEND, **FACING), "apiVersion": version, "spec": old}
    found = opened(INNER, edge)
    assert (into(found), into(found, to="shop/Pod/db", port="TCP/5432")) == (None, None)
    assert [str(each) for each in found.why("internet", API, PortRange("TCP", 8080, 8080)).reasons] == [
        "Ingress: Ingress 'shop/edge' is of a version that is not read",
        "Ingress: whom it lets in, and to what, is not known",
        "Ingress: no NetworkPolicy isolates it, as from the load balancer",
    ]
    why = "it is of a version that Kubernetes 1.22 removed; write networking.k8s.io/v1"
    assert [problem.text for problem in found.problems] == [f"Ingress 'shop/edge' would be refused: {why}"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (service(clusterIP="None"), "spec.clusterIP is 'None'; write type ClusterIP"),
        (service("Foo"), "spec.type is 'Foo'; write one of ClusterIP, NodePort, LoadBalancer, ExternalName"),
    ],
)
def test_what_the_api_server_refuses_is_told(given: dict[str, Any], why: str) -> None:
    found = opened(given)
    assert into(found) is None
    assert [problem.text for problem in found.problems] == [f"Service 'shop/front' would be refused: {why}"]


OFFICE = policy("shop/office", match(app="api"), ingress=[{"from": [block("8.8.8.0/24")]}])


def test_whose_address_a_policy_sees() -> None:
    local = opened(service(**LOCAL), OFFICE)
    assert (into(local, "8.8.8.8"), into(local, "9.9.9.9")) == (True, False)
    by_node = opened(service(), OFFICE)
    assert (into(by_node, "8.8.8.8"), into(by_node, "9.9.9.9")) == (None, None)
    assert [str(each) for each in by_node.why("9.9.9.9", API, PortRange("TCP", 8080, 8080)).reasons] == [
        "Ingress: LoadBalancer Service 'shop/front' leads port 443 to TCP/8080",
        "Ingress: NetworkPolicy 'shop/office' isolates it and does not let this through, as from the node",
        "Ingress: it comes from a node, and what comes from a pod's own node no policy stops",
    ]
    by_address = opened(service(annotations={f"{AWS}nlb-target-type": "ip"}), OFFICE)
    assert into(by_address, "8.8.8.8") is False
    nodes = policy("shop/nodes", match(app="api"), ingress=[{"from": [block(each) for each in PRIVATE]}])
    assert into(opened(service(), nodes), "9.9.9.9") is True


PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")


def test_a_policy_stops_what_a_load_balancer_lets_in() -> None:
    found = opened(service(**LOCAL), policy("shop/deny", match(app="api")))
    assert into(found) is False
    assert [(str(each), each.layer) for each in found.why("internet", API, PortRange("TCP", 8080, 8080)).reasons] == [
        ("Ingress: LoadBalancer Service 'shop/front' leads port 443 to TCP/8080", "ways in"),
        ("Ingress: NetworkPolicy 'shop/deny' isolates it and does not let this through", "NetworkPolicy"),
    ]


def test_pods_on_a_node_and_host_ports_hang_on_the_nodes_addresses() -> None:
    agent = pod("shop/agent", {"hostNetwork": True}, kind="DaemonSet", app="agent")
    spec = {"containers": [{"name": "a", "ports": [{"containerPort": 53, "hostPort": 53, "protocol": "UDP"}]}]}
    found = opened(agent, pod("shop/dns", spec, app="dns"))
    assert into(found, to="shop/DaemonSet/agent") is None
    assert (into(found, to="shop/Pod/dns", port="UDP/53"), into(found, to="shop/Pod/dns")) == (None, False)
    assert [str(each) for each in found.why("internet", "shop/Pod/dns", PortRange("UDP", 53, 53)).reasons] == [
        "Ingress: Pod 'shop/dns' has the host port 53 of its node",
        "Ingress: whether nodes have public addresses is not known here",
        "Ingress: no NetworkPolicy isolates it",
    ]


def test_every_way_out_is_as_before() -> None:
    found = opened(service())
    assert (may(found, API, "internet"), may(found, "10.0.0.0/8", API), may(found, API, "shop/Pod/db")) == (True,) * 3
    without = reach(Views(snapshot(*CLUSTER)), ways=False)
    assert into(without) is True


def test_ports_agree_with_the_witness() -> None:
    found = opened(service(port={"port": 80, "targetPort": "http"}), service("ClusterIP"))
    assert found.ports("internet", API) == (PortRange("TCP", 8080, 8080),)
    assert found.unsure("internet", API) == ()


def test_a_load_balancer_that_is_added_opens_a_path_and_says_so() -> None:
    before, after = (
        Views(snapshot(*CLUSTER, *more)) for more in ((), (service(loadBalancerSourceRanges=["8.8.8.0/24"]),))
    )
    found = difference(before, after, plugin="cilium")
    assert [(each.what, each.source, each.destination, each.ports) for each in found] == [
        ("opened", "8.8.8.0/24", API, (PortRange("TCP", 8080, 8080),))
    ]
    assert str(found[0].why.reasons[0]) == "Ingress: LoadBalancer Service 'shop/front' leads port 443 to TCP/8080"
    assert found[0].closed_by is not None
    assert [str(each) for each in found[0].closed_by.reasons] == [
        "Ingress: nothing lets it in from outside: no load balancer, node port, Ingress, route or host port leads to it"
    ]


def test_a_service_with_groups_of_its_own_is_perhaps_narrowed() -> None:
    (grouped,) = GROUPED["groups of a LoadBalancer"]
    assert [each.narrowed for each in Views(snapshot(grouped)).services] == [UNKNOWN]
    assert [each.narrowed for each in Views(snapshot(service(**ONE))).services] == [True]
