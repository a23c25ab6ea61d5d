"""Routes of the Gateway API: to which gateways they hang, what they may name, and what of it is not known."""

from dataclasses import replace
from typing import Any

import pytest

from hedgerow.graph import UNKNOWN, Resource, Snapshot, Views
from hedgerow.graph.reach import PortRange, reach

from .clusters import may, namespace, pod, resource
from .test_ways import API, INNER, ingress, into, opened, service

HTTP = PortRange("TCP", 8080, 8080)
PUBLIC, V1 = "gke-l7-global-external-managed", "gateway.networking.k8s.io/v1"
LEADS = "{kind} 'shop/way' leads to TCP/8080 by Service 'shop/front'"
INFRA = (namespace("infra"), namespace("shop", team="shop"))


def gateway(home: str = "shop", cls: Any = PUBLIC, **listener: Any) -> dict[str, Any]:
    given = {"name": "web", "port": 443, "protocol": "HTTPS", **listener}
    spec = {"gatewayClassName": cls, "listeners": [given]}
    return {"kind": "Gateway", "apiVersion": V1, "metadata": {"name": "gate", "namespace": home}, "spec": spec}


def route(kind: str = "HTTPRoute", home: str = "shop", parent: Any = None, backend: Any = None, **spec: Any) -> Any:
    refs = [{"name": "front", "port": 443, **(backend or {})}]
    rules = spec.pop("rules", [{"backendRefs": refs}])
    given = {"parentRefs": [{"name": "gate", **(parent or {})}], "rules": rules, **spec}
    return {"kind": kind, "apiVersion": V1, "metadata": {"name": "way", "namespace": home}, "spec": given}


def grant(home: str = "shop", kind: Any = "HTTPRoute", space: Any = "infra", **to: Any) -> dict[str, Any]:
    side = {"group": "gateway.networking.k8s.io", "kind": kind, "namespace": space}
    spec = {"from": [side], "to": [{"group": "", "kind": "Service", **to}]}
    return {"kind": "ReferenceGrant", "apiVersion": V1, "metadata": {"name": "yes", "namespace": home}, "spec": spec}


def allowed(source: Any, **more: Any) -> dict[str, Any]:
    return {"allowedRoutes": {"namespaces": {"from": source, **more}}}


ELSEWHERE = {"namespace": "infra"}
HANGS: dict[str, tuple[tuple[dict[str, Any], ...], bool | None, str]] = {
    "the same namespace": ((gateway(), route()), True, ""),
    "another namespace that takes all": ((gateway("infra", **allowed("All")), route(parent=ELSEWHERE)), True, ""),
    "another namespace that says nothing": (
        (gateway("infra"), route(parent=ELSEWHERE)),
        False,
        ", and Gateway 'infra/gate' takes no routes of namespace 'shop'",
    ),
    "another namespace that takes its own": (
        (gateway("infra", **allowed("Same")), route(parent=ELSEWHERE)),
        False,
        ", and Gateway 'infra/gate' takes no routes of namespace 'shop'",
    ),
    "one that takes namespaces by label": (
        (
            *INFRA,
            gateway("infra", **allowed("Selector", selector={"matchLabels": {"team": "shop"}})),
            route(parent=ELSEWHERE),
        ),
        True,
        "",
    ),
    "one that takes others by label": (
        (
            *INFRA,
            gateway("infra", **allowed("Selector", selector={"matchLabels": {"team": "x"}})),
            route(parent=ELSEWHERE),
        ),
        False,
        ", and Gateway 'infra/gate' takes no routes of namespace 'shop'",
    ),
    "whom it takes is not known yet": (
        (gateway("infra", **allowed(UNKNOWN)), route(parent=ELSEWHERE)),
        None,
        "whether Gateway 'infra/gate' takes it is not known here",
    ),
    "a gateway that is not declared": (
        (route(parent=ELSEWHERE),),
        None,
        "Gateway 'infra/gate' is not declared here: which controller serves it, and whether the internet gets to that, "
        "is not known here",
    ),
    "a gateway that is not known yet": (
        (gateway(), route(parent={"name": UNKNOWN})),
        None,
        "what it hangs to is not known yet",
    ),
    "a listener of that name": ((gateway(), route(parent={"sectionName": "web"})), True, ""),
    "a listener of another name": (
        (gateway(), route(parent={"sectionName": "ssh"})),
        False,
        ", and Gateway 'shop/gate' has no such listener",
    ),
    "a listener of another port": (
        (gateway(), route(parent={"port": 80})),
        False,
        ", and Gateway 'shop/gate' has no such listener",
    ),
    "a gateway without listeners": (
        ({**gateway(), "spec": {"gatewayClassName": PUBLIC}}, route()),
        None,
        "the listeners of Gateway 'shop/gate' are not known",
    ),
    "a hostname in common": ((gateway(hostname="*.example.com"), route(hostnames=["a.example.com"])), True, ""),
    "no hostname in common": (
        (gateway(hostname="*.example.com"), route(hostnames=["example.com", "a.example.org"])),
        False,
        ", and no listener of Gateway 'shop/gate' has one of its hostnames",
    ),
    "hostnames that are not known yet": (
        (gateway(hostname="*.example.com"), route(hostnames=UNKNOWN)),
        None,
        "whether Gateway 'shop/gate' takes it is not known here",
    ),
    "a kind that it takes": ((gateway(), route("GRPCRoute")), True, ""),
    "a kind that its protocol does not take": (
        (gateway(), route("TCPRoute")),
        False,
        ", and no listener of Gateway 'shop/gate' takes a TCPRoute",
    ),
    "a kind that it names": (
        (gateway(protocol="TLS", allowedRoutes={"kinds": [{"kind": "TCPRoute"}]}), route("TCPRoute")),
        True,
        "",
    ),
    "a kind that it does not name": (
        (gateway(allowedRoutes={"kinds": [{"kind": "GRPCRoute"}]}), route()),
        False,
        ", and no listener of Gateway 'shop/gate' takes a HTTPRoute",
    ),
    "a protocol of a controller's own": (
        (gateway(protocol="example.com/x"), route("TCPRoute")),
        None,
        "whether Gateway 'shop/gate' takes it is not known here",
    ),
    "tls": ((gateway(protocol="TLS"), route("TLSRoute")), True, ""),
    "udp": ((gateway(protocol="UDP"), route("UDPRoute")), True, ""),
    "a list of listeners": (
        (gateway(), route(parent={"kind": "ListenerSet"})),
        None,
        "it hangs to a ListenerSet, which is not read",
    ),
    "an internal gateway": ((gateway(cls="gke-l7-rilb"), route()), False, ", and is not reached from the internet"),
    "a class of another controller": (
        (gateway(cls="istio"), route()),
        None,
        "which controller serves it, and whether the internet gets to that, is not known here",
    ),
}


@pytest.mark.parametrize("case", HANGS)
def test_a_route_leads_in_where_a_listener_takes_it(case: str) -> None:
    objects, wanted, text = HANGS[case]
    found, way = opened(INNER, *objects), LEADS.format(kind=objects[-1]["kind"])
    reasons = [str(each) for each in found.why("internet", API, HTTP).reasons]
    assert into(found) is wanted
    if wanted is False:
        assert reasons == [f"Ingress: {way}{text}"]
    else:
        policies = ["Ingress: no NetworkPolicy isolates it, as from the load balancer"]
        assert reasons == [f"Ingress: {way}", *([f"Ingress: {text}"] if text else []), *policies]


def test_a_route_of_the_mesh_is_no_way_in() -> None:
    mesh = route(parent={"kind": "Service", "group": "", "name": "front"})
    assert into(opened(INNER, mesh)) is False


FOREIGN = (gateway("infra"), namespace("infra"), route(home="infra", backend={"namespace": "shop"}))
GRANTS: dict[str, tuple[tuple[dict[str, Any], ...], bool | None]] = {
    "none": ((), False),
    "for routes of the namespace": ((grant(),), True),
    "for this Service": ((grant(name="front"),), True),
    "for another Service": ((grant(name="back"),), False),
    "for another kind": ((grant(kind="TCPRoute"),), False),
    "for another namespace": ((grant(space="other"),), False),
    "in another namespace": ((grant("infra"),), False),
    "not known yet": ((grant(space=UNKNOWN),), None),
}


@pytest.mark.parametrize("case", GRANTS)
def test_a_service_elsewhere_is_named_by_a_grant_only(case: str) -> None:
    grants, wanted = GRANTS[case]
    found = opened(INNER, *FOREIGN, *grants)
    assert into(found) is wanted
    if wanted is False:
        assert [str(each) for each in found.why("internet", API, HTTP).reasons] == [
            "Ingress: HTTPRoute 'infra/way' leads to TCP/8080 by Service 'shop/front', and no ReferenceGrant of "
            "namespace 'shop' lets it lead there"
        ]


def test_requests_that_are_mirrored_lead_in_and_what_has_no_weight_does_not() -> None:
    weightless = route(backend={"weight": 0})
    mirrored = route(rules=[{"filters": [{"requestMirror": {"backendRef": {"name": "front", "port": 443}}}]}])
    assert (into(opened(INNER, gateway(), weightless)), into(opened(INNER, gateway(), mirrored))) == (False, True)


def test_backends_that_are_not_read_may_be_any_pod_of_the_namespace() -> None:
    pool = route(backend={"kind": "InferencePool", "group": "inference.networking.k8s.io"})
    found = opened(INNER, gateway(), pool)
    assert (into(found), into(found, to="shop/Pod/db", port="UDP/1")) == (None, None)
    assert str(found.why("internet", API, HTTP).reasons[0]) == (
        "Ingress: HTTPRoute 'shop/way' leads to InferencePool 'front', which is not read"
    )


def test_gateways_of_another_api_are_not_taken_for_these() -> None:
    istio = {**gateway(), "apiVersion": "networking.istio.io/v1"}
    found = opened(INNER, istio, route())
    assert into(found) is None
    assert str(found.why("internet", API, HTTP).reasons[1]).startswith(
        "Ingress: Gateway 'shop/gate' is not declared here"
    )


def test_what_leads_in_and_is_not_read_is_told() -> None:
    spec = {"hosts": ["a.example.com"], "gateways": ["gate"], "http": []}
    virtual = {
        "kind": "VirtualService",
        "apiVersion": "networking.istio.io/v1",
        "metadata": {"name": "way", "namespace": "shop"},
        "spec": spec,
    }
    found = opened(virtual, namespace("other"), pod("other/x"))
    assert (into(found), into(found, to="other/Pod/x")) == (None, False)
    assert [problem.text for problem in found.problems] == [
        "VirtualService 'shop/way' of networking.istio.io is not read: whom it lets in is not known"
    ]
    serving = {**service(), "apiVersion": "serving.knative.dev/v1"}
    assert into(opened(serving)) is None


def test_what_is_not_read_leads_into_its_own_namespace_also_where_nothing_declares_that() -> None:
    virtual = {
        "kind": "VirtualService",
        "apiVersion": "networking.istio.io/v1",
        "metadata": {"name": "way", "namespace": "elsewhere"},
        "spec": {},
    }
    found = opened(virtual)
    assert (into(found), into(found, to="*/any/pod")) == (False, None)


def test_a_service_without_a_selector_leads_where_its_slices_say() -> None:
    outside = service(selector=None)
    label = {"kubernetes.io/service-name": "front"}
    pieces = {
        "kind": "EndpointSlice",
        "apiVersion": "discovery.k8s.io/v1",
        "metadata": {"name": "front-1", "namespace": "shop", "labels": label},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.1.2.3"]}],
        "ports": [{"port": 8080}],
    }
    assert into(opened(outside)) is False
    found = opened(outside, pieces)
    assert (into(found), into(found, to="shop/Pod/db")) == (None, None)
    assert str(found.why("internet", API, HTTP).reasons[0]) == (
        "Ingress: LoadBalancer Service 'shop/front' leads port 443 to what EndpointSlice 'shop/front-1' names, "
        "whoever has these addresses"
    )


def test_an_ingress_to_a_name_of_cluster_dns_may_lead_to_another_namespace() -> None:
    alias = service("ExternalName", externalName="front.shop.svc.cluster.local", selector=None)
    alias["metadata"] = {"name": "alias", "namespace": "infra"}
    path = {"backend": {"service": {"name": "alias", "port": {"number": 443}}}}
    edge = {
        "kind": "Ingress",
        "metadata": {"name": "edge", "namespace": "infra"},
        "spec": {"ingressClassName": "gce", "rules": [{"http": {"paths": [path]}}]},
    }
    found = opened(INNER, namespace("infra"), alias, edge)
    assert into(found) is None
    assert [str(each) for each in found.why("internet", API, HTTP).reasons][:2] == [
        "Ingress: Ingress 'infra/edge' leads to TCP/8080 by Service 'shop/front'",
        "Ingress: whether its controller follows Service 'infra/alias', which is only a name, is not known here",
    ]


def test_an_ingress_finds_its_service_in_a_namespace_that_has_no_name_yet() -> None:
    """Objects are told to be of one namespace by their links to it."""
    home = Resource("urn::ns", "kubernetes:core/v1:Namespace", "team", inputs={"metadata": {"labels": {}}})
    edge = ingress("gce", {"name": "front", "port": {"number": 443}})
    objects = (pod("shop/api", app="api"), INNER, edge)
    moved = [{**item, "metadata": {**item["metadata"], "namespace": UNKNOWN}} for item in objects]
    linked = [replace(resource(item), property_dependencies={"metadata": ("urn::ns",)}) for item in moved]
    found = reach(Views(Snapshot.of("test", "dev", [home, *linked])))
    assert may(found, "internet", "team/Pod/api", "TCP/8080") is True
    lost = [replace(item, property_dependencies={}) for item in linked]
    far = reach(Views(Snapshot.of("test", "dev", [home, *lost])))
    assert may(far, "internet", "?/Pod/api", "TCP/8080") is None
