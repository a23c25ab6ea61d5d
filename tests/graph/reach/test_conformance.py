"""The truth tables of Kubernetes' own network policy tests, written anew in conformance.yaml."""

from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from hedgerow.graph.reach import PortRange

from .clusters import answers, namespace, pod, policy

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "conformance.yaml").read_text())
SPACES, NAMES, PROTOCOLS, NUMBERS = ("x", "y", "z"), ("a", "b", "c"), ("TCP", "UDP", "SCTP"), (80, 81)
PORTS = [f"{protocol}/{number}" for protocol, number in product(PROTOCOLS, NUMBERS)]
PODS = [f"{space}/{name}" for space, name in product(SPACES, NAMES)]
LISTED = [
    {"name": f"serve-{number}-{protocol.lower()}", "containerPort": number, "protocol": protocol}
    for protocol, number in product(PROTOCOLS, NUMBERS)
]
SPEC = {"containers": [{"name": "main", "ports": LISTED}]}
TESTS = set(range(1, 49))
"""Kubernetes' own tests, by their order in their file."""

Triple = tuple[str, str, str]


def cluster(labels: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    """The namespaces and the pods, with what labels they have besides."""
    spaces = [namespace(space, ns=space, **labels.get(space, {})) for space in SPACES]
    return [*spaces, *(pod(each, SPEC, pod=each[-1], **labels.get(each, {})) for each in PODS)]


def wanted(steps: list[str], addresses: list[str]) -> set[Triple]:
    """What is open after every step."""
    every = set(product(PODS, [*PODS, *addresses], PORTS))
    open_ = set(every)
    for step in steps:
        verb, source, to, *ports = step.split()
        meant = {
            (one, other, port)
            for one, other, port in every
            if fnmatchcase(one, source) and fnmatchcase(other, to) and port in (ports or PORTS)
        }
        open_ = open_ | meant if verb == "open" else open_ - meant
    return open_ | {(each, each, port) for each in PODS for port in PORTS}


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["case"]))
def test_the_truth_table(case: dict[str, Any]) -> None:
    given = [
        {**policy(f"{each['in']}/{each.get('name', 'policy')}"), "spec": each["spec"]} for each in case["policies"]
    ]
    found = answers(*cluster(case.get("labels", {})), *given)
    addresses, got = case.get("addresses", []), set()
    for one, other, port in product(PODS, [*PODS, *addresses], PORTS):
        protocol, number = port.split("/")
        ends = (f"{end.replace('/', '/Pod/')}" for end in (one, other))
        answer = found.why(*ends, PortRange(protocol, int(number), int(number))).allowed
        assert answer is not None
        got |= {(one, other, port)} if answer else set()
    assert got == wanted(case["then"], addresses)


def test_every_test_of_kubernetes_has_a_table() -> None:
    assert {number for case in CASES for number in case.get("like", [])} == TESTS
