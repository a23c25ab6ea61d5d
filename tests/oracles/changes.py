"""Changes of whole clusters for tests: more that is allowed, another order of what has none, other names."""

from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import strategies as st

from hedgerow.graph import UNKNOWN, Snapshot

from . import aws, gcp, vpc
from .clusters import SPACES, rules
from .endpoints import namespace
from .services import services
from .tiers import rule_of

NAME = "kubernetes.io/metadata.name"
Whole = dict[str, Any]


@st.composite
def with_more_allowed(draw: st.DrawFn, whole: Whole) -> Whole:
    """The same with more rules that allow something, all of one kind."""
    more = deepcopy(whole)
    places = ["groups", "acls"] if whole["cloud"] == "aws" else ["firewall"]
    place = draw(st.sampled_from((*places, "policy", "policy", "tier", "service")))
    if place == "groups":
        ways = draw(st.sampled_from(sorted(more["groups"]["groups"].items())))[1]
        ways[draw(st.sampled_from(("ingress", "egress")))].insert(0, draw(aws.rules))
    elif place == "acls":
        for acl in [each for each in more["network"]["acls"].values() if each]:
            listed = acl[draw(st.sampled_from(("ingress", "egress")))]
            free = sorted(set(range(1, 200)) - {rule["number"] for rule in listed})
            listed.append({**draw(vpc.acl_rules), "action": "allow", "number": draw(st.sampled_from(free))})
    elif place == "firewall":
        allow = {**draw(gcp.rules()), "action": "allow", "source_tags": [], "source_accounts": []}
        more["rules"].insert(0, allow)
    elif place == "service":
        more["objects"].append(draw(services(99)))
    else:
        _allow(draw, more["objects"], place)
    return more


def _allow(draw: st.DrawFn, objects: list[Any], place: str) -> None:
    for each in [each for each in objects if each["kind"].endswith("NetworkPolicy")]:
        spec, way = each["spec"], draw(st.sampled_from(("ingress", "egress")))
        key = "from" if way == "ingress" else "to"
        if place == "tier" and each["kind"] != "NetworkPolicy":
            action = "Accept" if each["kind"] == "ClusterNetworkPolicy" else "Allow"
            spec.setdefault(way, []).insert(0, {**draw(rule_of(key, each["kind"])), "action": action})
        # A first egress rule would make a policy without policyTypes isolate egress, which it did not before.
        if place == "policy" and each["kind"] == "NetworkPolicy" and (spec.get("policyTypes") or spec.get(way)):
            spec[way] = [*(spec.get(way) or []), draw(rules(key))]


@st.composite
def with_something_hidden(draw: st.DrawFn, known: Snapshot) -> tuple[Snapshot, str]:
    """The same with one value of one resource not known yet, and which it is."""
    places = [(item, path) for item in known.resources for path in _leaves(item.inputs) if not _naming(path)]
    item, path = draw(st.sampled_from(places))
    hidden = replace(item, inputs=_veiled(item.inputs, path), outputs=_veiled(item.outputs, path))
    others = [each for each in known.resources if each is not item]
    return Snapshot.of(known.project, known.stack, [*others, hidden]), f"{item.urn}: {'.'.join(map(str, path))}"


def _naming(path: tuple[Any, ...]) -> bool:
    """Whether it is what an object is called: without that nothing can be asked about it."""
    return path[0] in ("kind", "apiVersion") or path[:2] in (("metadata", "name"), ("metadata", "namespace"))


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        return [leaf for key, each in parts for leaf in _leaves(each, (*path, key))]
    return [path]


def _veiled(value: Any, path: tuple[Any, ...]) -> Any:
    if not path:
        return UNKNOWN
    new = value.copy()
    if path[0] in (value if isinstance(value, dict) else range(len(value))):
        new[path[0]] = _veiled(value[path[0]], path[1:])
    return new


def turned(whole: Any, random: Random) -> Any:
    """The same with every list in another order that has none of its own."""
    if isinstance(whole, dict):
        ordered = ("ingress", "egress") if "subject" in whole else ()
        return {key: each if key in ordered else turned(each, random) for key, each in whole.items()}
    if isinstance(whole, list):
        return random.sample(listed := [turned(each, random) for each in whole], len(listed))
    return whole


def renamed(whole: Whole) -> Whole:
    """The same with other names of namespaces and of everything in them."""
    return {**whole, "objects": [_named(each) for each in whole["objects"]]}


def _named(manifest: Any) -> Any:
    new, metadata = _with_names(deepcopy(manifest)), manifest["metadata"]
    if manifest["kind"] == "Namespace":
        new["metadata"]["name"] = f"the-{metadata['name']}"
        return new
    new["metadata"] |= {"name": f"some-{metadata['name']}"}
    if "subject" not in manifest["spec"]:
        new["metadata"] |= {"namespace": f"the-{namespace(manifest)}"}
    if manifest["kind"] == "Ingress":
        service = new["spec"]["defaultBackend"]["service"]
        service["name"] = f"some-{service['name']}"
    return new


def _with_names(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_names(each) for each in value]
    if not isinstance(value, dict):
        return value
    new = {key: _with_names(each) for key, each in value.items()}
    if value.get("key") == NAME:
        new["values"] = [f"the-{each}" for each in value["values"]]
    if value.get(NAME) in SPACES:
        new[NAME] = f"the-{value[NAME]}"
    return new


def end_renamed(end: str) -> str:
    """What an end is called after that."""
    space, slash, rest = end.partition("/")
    return f"the-{space}/{rest.replace('/', '/some-')}" if slash else end
