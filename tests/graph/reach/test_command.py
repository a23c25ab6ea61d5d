"""`hedgerow reach` over folders: what it shows, what it writes, how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from hedgerow.commands.reach import command, run
from hedgerow.facts.problem import BadInput
from hedgerow.graph.reach import names
from hedgerow.graph.reach.ports import EVERYTHING, parse

from .clusters import VERSIONS, match, namespace, pod, policy

OBJECTS = (
    namespace("shop"),
    namespace("ops"),
    pod("shop/web", kind="Deployment", app="web"),
    pod("shop/db", kind="StatefulSet", app="db"),
    pod("ops/monitor", app="monitor"),
    policy("shop/deny", policyTypes=["Ingress", "Egress"]),
    policy(
        "shop/web-out", match(app="web"), policyTypes=["Egress"], egress=[{"to": [{"podSelector": match(app="db")}]}]
    ),
    policy(
        "shop/db-in",
        match(app="db"),
        ingress=[{"from": [{"podSelector": match(app="web")}], "ports": [{"port": 5432}]}],
    ),
)


def folder(where: Path, *objects: dict[str, Any]) -> str:
    where.mkdir()
    given = [{"apiVersion": VERSIONS.get(item["kind"], "apps/v1"), **item} for item in objects]
    (where / "all.yaml").write_text(yaml.safe_dump_all(given))
    return str(where)


def told(*arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(command, list(arguments))
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found.exit_code, found.output


def test_the_matrix_is_grouped(tmp_path: Path) -> None:
    code, text = told(folder(tmp_path / "a", *OBJECTS))
    assert code == 0
    assert text.split("Paths\n")[1].splitlines() == [
        "  */any/pod, ops/*",
        "    → every pod but shop/*, every address  every port",
        "  shop/Deployment/web",
        "    → shop/StatefulSet/db  TCP/5432",
        "  10.0.0.0/8, 100.64.0.0/10, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16, fc00::/7, fe80::/10",
        "    → every pod but shop/*  every port",
        "",
        "3 workloads",
    ]


def test_why_names_the_rules(tmp_path: Path) -> None:
    where = folder(tmp_path / "a", *OBJECTS)
    code, text = told(where, "shop/Deployment/web", "shop/StatefulSet/db:5432")
    assert code == 0
    assert text.split("Why\n")[1].splitlines()[:3] == [
        "  shop/Deployment/web can reach shop/StatefulSet/db on TCP/5432",
        "    Egress: spec.egress[0] of NetworkPolicy 'shop/web-out' lets it through",
        "    Ingress: spec.ingress[0] of NetworkPolicy 'shop/db-in' lets it through",
    ]
    _, text = told(where, "ops/Pod/monitor", "shop/StatefulSet/db", "--why")
    assert text.split("Why\n")[1].splitlines()[:2] == [
        "  ops/Pod/monitor cannot reach shop/StatefulSet/db on TCP/80",
        "    Ingress: NetworkPolicy 'shop/db-in' isolates it and does not let this through, nor does another one",
    ]


def test_a_path_that_is_denied_ends_with_3(tmp_path: Path) -> None:
    where = folder(tmp_path / "a", *OBJECTS)
    assert told(where, "--deny", "ops/*", "shop/*")[0] == 0
    assert told(where, "--deny", "shop", "shop/*/db:443")[0] == 0
    code, text = told(where, "--deny", "shop", "shop/*/db:5000-6000")
    assert code == 3
    assert "✗ is there  shop/Deployment/web → shop/StatefulSet/db  TCP/5432" in text
    assert text.rstrip().endswith("3 workloads; 1 path that must not be there")
    code, text = told(where, "--deny", "ops/Pod/*", "metadata")
    assert (code, text.count("is there")) == (3, 1)
    with pytest.raises(BadInput, match=r"--deny shpo/\*: means no endpoint; mend it, or leave it out"):
        run(where, "", denied=[("shpo/*", "*")])


def test_a_path_that_is_not_known_is_told_and_denies_nothing(tmp_path: Path) -> None:
    opaque = policy("ops/x", ingress=[{"from": [{"namespaceSelector": match(team="x")}]}])
    where = folder(tmp_path / "a", namespace("ops"), pod("ops/monitor"), pod("far/away"), opaque)
    code, text = told(where, "--deny", "far", "ops/Pod/monitor")
    assert code == 0
    assert "? cannot tell  far/Pod/away → ops/Pod/monitor  every port" in text
    assert text.rstrip().endswith("2 workloads; 2 more cannot be told")


def test_the_document_has_everything(tmp_path: Path) -> None:
    where, file = folder(tmp_path / "a", *OBJECTS), tmp_path / "reach.json"
    assert told(where, "shop", "shop", "--json", str(file))[0] == 0
    document = json.loads(file.read_text())
    assert document["schema"] == "hedgerow/reach/v1"
    assert {
        "name": "shop/Deployment/web",
        "kind": "pods",
        "urn": "manifest::apps/v1::Deployment::shop/web",
    } in document["endpoints"]
    assert [{key: path[key] for key in ("from", "to", "protocol", "ports")} for path in document["paths"]] == [
        {"from": "shop/Deployment/web", "to": "shop/StatefulSet/db", "protocol": "TCP", "ports": ["5432"]}
    ]
    assert [step["rule"] for step in document["paths"][0]["via"]] == ["spec.egress[0]", "spec.ingress[0]"]
    assert document["unknown"] == document["denied"] == document["problems"] == []
    code, text = told(where, "--json", "-")
    assert (code, json.loads(text)["schema"]) == (0, "hedgerow/reach/v1")


def test_against_shows_what_opens_and_what_closes(tmp_path: Path) -> None:
    opened = policy("shop/db-in", match(app="db"), ingress=[{"ports": [{"port": 5432}]}])
    before, after = folder(tmp_path / "a", *OBJECTS), folder(tmp_path / "b", *OBJECTS[:-1], opened)
    _, text = told(after, "--against", before)
    changes = text.split("Changes\n")[1]
    assert "+ opened  ops/Pod/monitor → shop/StatefulSet/db  TCP/5432" in changes
    assert "Ingress: spec.ingress[0] of NetworkPolicy 'shop/db-in' lets it through" in changes
    assert "before, Ingress: NetworkPolicy 'shop/db-in' isolates it and does not let this through" in changes
    assert "closed" not in changes
    assert "- closed  ops/Pod/monitor → shop/StatefulSet/db  TCP/5432" in told(before, "--against", after)[1]
    assert "no path" in told(before, "--against", before)[1]


def test_a_name_that_is_nobodys_says_what_is_near(tmp_path: Path) -> None:
    where = folder(tmp_path / "a", *OBJECTS)
    with pytest.raises(BadInput, match="shop/deployment/wbe: is no endpoint; did you mean shop/Deployment/web"):
        run(where, "", source="shop/deployment/wbe")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("SHOP/deployment/*", {"shop/Deployment/web"}),
        ("internet", {"internet", "internet/ipv6"}),
        ("10.1.2.3", {"10.0.0.0/8"}),
        ("8.8.8.0/24", {"internet"}),
        ("169.254.169.0/24", {"169.254.0.0/16", "metadata", "metadata/169.254.169.252"}),
    ],
)
def test_names_mean_what_people_mean(tmp_path: Path, text: str, meant: set[str]) -> None:
    from hedgerow.commands.reach import load
    from hedgerow.graph import Views
    from hedgerow.graph.reach import names, reach

    found = reach(Views(load(folder(tmp_path / "a", *OBJECTS))[0]))
    assert names.ends(found, text) == meant


def test_the_note_says_what_was_judged(tmp_path: Path) -> None:
    _, text = told(folder(tmp_path / "a", *OBJECTS))
    note = " ".join(text.split("Paths\n")[0].split())
    assert "Judged: NetworkPolicy, ways in." in note


@pytest.mark.parametrize(
    ("plugin", "says"),
    [
        ("", "Who enforces policies is said nowhere: they are taken as enforced (--plugin says otherwise). Judged:"),
        ("none", "Nobody enforces NetworkPolicies in this cluster: they are treated as absent. Judged:"),
        ("calico", "who can reach whom Judged:"),
    ],
)
def test_the_note_says_who_enforces_policies(tmp_path: Path, plugin: str, says: str) -> None:
    _, text = told(folder(tmp_path / "a", *OBJECTS), *(["--plugin", plugin] if plugin else []))
    assert says in " ".join(text.split("Paths\n")[0].split())


def test_ways_in_are_listed(tmp_path: Path) -> None:
    front = {"kind": "Service", "metadata": {"name": "front", "namespace": "shop"}}
    spec = {"type": "LoadBalancer", "selector": {"app": "web"}, "ports": [{"port": 443, "targetPort": 8443}]}
    spec["allocateLoadBalancerNodePorts"] = False
    where, file = folder(tmp_path / "a", *OBJECTS, {**front, "spec": spec}), tmp_path / "reach.json"
    _, text = told(where, "--json", str(file))
    assert text.split("Ways in\n")[1].splitlines()[0] == (
        "  LoadBalancer Service 'shop/front' leads port 443 to TCP/8443  the internet gets to it"
    )
    assert json.loads(file.read_text())["ways"] == [
        {
            "name": "shop/Service/front",
            "urn": "manifest::core/v1::Service::shop/front",
            "rule": "spec.ports[0]",
            "says": "LoadBalancer Service 'shop/front' leads port 443 to TCP/8443",
            "internet": "yes",
            "sources": [],
        }
    ]


@pytest.mark.parametrize(
    ("given", "end", "ports"),
    [
        ("fd00::1:22", "fd00::1:22", EVERYTHING),
        ("2001:4860:4860::8888", "2001:4860:4860::8888", EVERYTHING),
        ("fd00::/8", "fd00::/8", EVERYTHING),
        ("[fd00::1]:22", "fd00::1", parse("22")),
        ("[fd00::/8]:UDP/53", "fd00::/8", parse("UDP/53")),
        ("10.0.0.0/8:TCP/22", "10.0.0.0/8", parse("TCP/22")),
        ("10.0.0.1", "10.0.0.1", EVERYTHING),
        ("internet:443", "internet", parse("443")),
        ("shop/Pod/web", "shop/Pod/web", EVERYTHING),
    ],
)
def test_ports_of_an_ipv6_address_come_after_brackets(given: str, end: str, ports: Any) -> None:
    assert names.split(given) == (end, ports)


def test_what_is_not_read_of_the_other_side_is_told(tmp_path: Path) -> None:
    before = folder(tmp_path / "before", *OBJECTS)
    (tmp_path / "before" / "broken.yaml").write_text("kind: [")
    _, text = told(folder(tmp_path / "after", *OBJECTS), "--against", before)
    assert f"{before}:broken.yaml:2: is not YAML" in " ".join(text.split())
