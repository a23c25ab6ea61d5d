"""What crosses between parties is what the paths say, pair by pair, less what is granted."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hedgerow.graph.reach import EVERYTHING, Path, PortRange, Reach
from hedgerow.graph.reach.crossings import Grant, crossings
from hedgerow.graph.reach.outward import outward
from hedgerow.graph.reach.ports import united, without

from .clusters import answers, match, named, namespace, pod, policy, random_clusters

SOME = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
LABEL = "team"
Ports = tuple[PortRange, ...]
GRANTS = st.lists(
    st.builds(
        Grant,
        st.sampled_from(["red", "blue", "*"]),
        st.sampled_from(["red", "blue", "b*"]),
        st.sampled_from([EVERYTHING, (PortRange("TCP", 80, 443),), (PortRange("UDP", 1, 65535),)]),
    ),
    max_size=3,
)


def by_pairs(paths: Iterable[Path], parties: dict[str, str], grants: list[Grant]) -> dict[tuple[str, str], Ports]:
    """Ports from a party to a namespace, from the paths alone: slow and short."""
    found: dict[tuple[str, str], Ports] = {}
    for path in paths:
        home = path.destination.name.split("/")[0]
        source, party = parties.get(path.source.name.split("/")[0]), parties.get(home)
        if not source or not party or source == party or "/" not in path.destination.name:
            continue
        left = path.ports
        for each in grants:
            if fnmatchcase(source, each.source) and fnmatchcase(party, each.destination):
                left = without(left, each.ports)
        if left:
            found[source, home] = united([*found.get((source, home), ()), *left])
    return found


def told(found: Reach, grants: list[Grant], *, certain: bool) -> dict[tuple[str, str], Ports]:
    all_: dict[tuple[str, str], Ports] = {}
    for each in crossings(found, LABEL, grants):
        for source in each.sources if each.certain is certain else ():
            key = (source, each.namespace)
            all_[key] = united([*all_.get(key, ()), *each.ports])
    return all_


@SOME
@given(random_clusters(), st.lists(st.sampled_from(["red", "blue", "green", None]), min_size=3, max_size=3), GRANTS)
def test_crossings_are_the_paths_between_parties(
    objects: list[Any], teams: list[str | None], grants: list[Grant]
) -> None:
    parties = {space: team for space, team in zip("xyz", teams, strict=True) if team}
    labelled = [item for item in objects if item["kind"] != "Namespace"]
    spaces = [namespace(space, **({LABEL: parties[space]} if space in parties else {})) for space in "xyz"]
    found = answers(*labelled, *spaces)
    assert told(found, grants, certain=True) == by_pairs(found.paths(), parties, grants)
    assert told(found, grants, certain=False) == by_pairs(found.unknown(), parties, grants)


def test_senders_of_the_same_are_one_crossing_with_a_witness_of_its_first() -> None:
    spaces = [namespace(name, **{LABEL: name}) for name in ("db", "one", "three", "two")]
    closed = [policy(f"{name}/deny", policyTypes=["Ingress"]) for name in ("one", "two", "three")]
    door = policy("db/door", ingress=[{"from": [{"namespaceSelector": {}}], "ports": [{"port": 5432}]}])
    found = answers(*spaces, *closed, door, pod("db/main", app="db"), pod("one/client"))
    (only,) = crossings(found, LABEL)
    assert (only.sources, only.namespace, only.party) == (("one", "three", "two"), "db", "db")
    assert only.ports == (PortRange("TCP", 5432, 5432),)
    assert [end.name for end in only.ends] == ["one/Pod/client", "db/Pod/main"]


def test_outward_is_every_path_to_the_addresses_that_are_meant() -> None:
    narrow = policy("a/out", egress=[{"to": [{"ipBlock": {"cidr": "169.254.169.254/32"}}], "ports": [{"port": 80}]}])
    found = answers(namespace("a"), pod("a/web"), narrow, pod("b/free"))
    ways = [(way.source.name, way.destination.name) for way in outward(found, lambda piece: piece.metadata)]
    wanted = [(path.source.name, path.destination.name) for path in found.paths()]
    assert sorted(ways) == sorted(pair for pair in wanted if pair[1].startswith("metadata") and "/" in pair[0])
    assert ("a/Pod/web", "metadata") in ways
    assert ("a/Pod/web", "metadata/169.254.170.2") not in ways


def test_a_selector_by_name_crosses_only_from_there() -> None:
    spaces = [namespace(name, **{LABEL: name}) for name in ("a", "b", "c")]
    shut = [policy(f"{name}/deny", policyTypes=["Ingress"]) for name in ("b", "c")]
    door = policy("a/door", match(app="a"), ingress=[{"from": [{"namespaceSelector": named("b")}]}])
    rest = policy("a/rest", policyTypes=["Ingress"])
    assert told(answers(*spaces, *shut, door, rest, pod("a/main", app="a")), [], certain=True) == {
        ("b", "a"): EVERYTHING
    }
