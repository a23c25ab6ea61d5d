"""Nothing that a manifest may hold ends in a traceback: any part of any object replaced by something that is not meant."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hedgerow.graph import SECRET, UNKNOWN, Views
from hedgerow.graph.reach import PortRange, reach

from .clusters import block, match, namespace, pod, policy, ports, snapshot
from .test_tiers import MART, PAY, admin, baseline, cluster, rule
from .test_ways import ingress, route, service

JUNK: tuple[Any, ...] = (
    None, 0, -1, 70000, 1.5, True, "", "x", "10.0.0.0/99", [], [None], ["a"], {}, {"a": 1}, {"a": {}}, [{}], UNKNOWN, SECRET,
)  # fmt: skip
OBJECTS = (
    namespace("shop", team="shop"),
    pod("shop/api", ports(http=8080), app="api"),
    pod("shop/web", kind="Deployment", app="web"),
    policy(
        "shop/x",
        match(app="api"),
        policyTypes=["Ingress", "Egress"],
        ingress=[{"from": [{"podSelector": match(app="web")}], "ports": [{"port": 80, "endPort": 90}]}],
        egress=[{"to": [block("0.0.0.0/0", "10.0.0.0/8")], "ports": [{"port": "http", "protocol": "UDP"}]}],
    ),
    admin("a", 1, rule("Deny", MART, ports=[{"portRange": {"protocol": "TCP", "start": 1, "end": 2}}])),
    admin("b", 2, ingress=[], egress=[rule("Allow", to=[{"networks": ["10.0.0.0/8"]}, {"nodes": {}}])]),
    baseline(rule("Deny", PAY, ports=[{"namedPort": "http"}])),
    cluster("c", "Admin", 3, rule("Accept", MART, protocols=[{"tcp": {"destinationPort": {"number": 80}}}])),
    service(loadBalancerSourceRanges=["10.0.0.0/8"], externalTrafficPolicy="Local"),
    ingress("alb", {"name": "front", "port": {"number": 443}}),
    *route("gke-l7-gxlb"),
)
Place = tuple[int, tuple[Any, ...]]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every way into a value, below its kind and its name."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if (*path, key) not in (
            ("kind",),
            ("apiVersion",),
            ("metadata",),
            ("metadata", "name"),
            ("metadata", "namespace"),
        ):
            yield (*path, key)
        yield from places(item, (*path, key))


EVERYWHERE = [(number, path) for number, item in enumerate(OBJECTS) for path in places(item)]


def spoilt(changes: list[tuple[Place, Any]]) -> list[dict[str, Any]]:
    objects = deepcopy(list(OBJECTS))
    for (number, path), junk in changes:
        inner: Any = objects[number]
        for step in path[:-1]:
            fits = isinstance(inner, dict) and step in inner
            fits = fits or (isinstance(inner, list) and isinstance(step, int) and step < len(inner))
            inner = inner[step] if fits else {}
        if isinstance(inner, dict) or (isinstance(inner, list) and isinstance(path[-1], int) and path[-1] < len(inner)):
            inner[path[-1]] = junk
    return objects


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(EVERYWHERE), st.sampled_from(JUNK)), min_size=1, max_size=3))
def test_junk_anywhere_is_judged_or_told(changes: list[tuple[Place, Any]]) -> None:
    found = reach(Views(snapshot(*spoilt(changes))), plugin="calico")
    for name in ("shop/Pod/api", "shop/any/pod"):
        for source in ("internet", "shop/any/pod"):
            if {name, source} <= found.names.keys():
                assert found.why(source, name, PortRange("TCP", 80, 80)).allowed in (True, False, None)
    assert all(problem.text for problem in found.problems)
    assert len(list(found.paths())) + len(list(found.unknown())) > 0
