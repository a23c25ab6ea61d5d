"""The picture of who reaches whom: groups by tenant, a square for each pair, ports to point at."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from hedgerow.commands.reach import run
from hedgerow.facts.problem import BadInput
from hedgerow.graph.reach.matrix import Cell, Matrix, matrix
from hedgerow.graph.reach.ports import EVERYTHING, PortRange
from hedgerow.report.reach_svg import DARK, LIGHT, picture

from .clusters import answers, match, namespace, pod, policy
from .test_command import OBJECTS, folder

TENANT = "platform.example.com/tenant"
SVG = "{http://www.w3.org/2000/svg}"


def spoken(document: str) -> dict[str, str]:
    """What the squares say when pointed at, by their ends."""
    root = ET.fromstring(document)
    found = [node.text or "" for square in root.iter(f"{SVG}rect") for node in square.iter(f"{SVG}title")]
    return dict(text.split(": ") for text in found)


def test_namespaces_of_a_tenant_are_one_group() -> None:
    found = matrix(
        answers(
            namespace("pay-dev", **{TENANT: "pay"}),
            namespace("pay-prod", **{TENANT: "pay"}),
            namespace("mart", **{TENANT: "mart"}),
            namespace("tools"),
            pod("pay-dev/api", app="api"),
            pod("pay-prod/api", app="api"),
            pod("mart/app", app="app"),
            policy("pay-dev/deny", policyTypes=["Ingress", "Egress"]),
            policy("pay-prod/deny", policyTypes=["Ingress", "Egress"]),
            policy(
                "pay-prod/in",
                ingress=[{"from": [{"namespaceSelector": match(**{TENANT: "mart"})}], "ports": [{"port": 443}]}],
            ),
        ),
        TENANT,
    )
    assert found.groups == (
        "mart", "pay", "tools", "any other namespace", "private networks", "metadata", "internet"
    )  # fmt: skip
    https = Cell((PortRange("TCP", 443, 443),), ())
    assert {ends: cell for ends, cell in found.cells.items() if "pay" in ends} == {("mart", "pay"): https}
    assert found.cells["mart", "internet"] == Cell(EVERYTHING, ())


def test_every_square_says_its_ends_and_its_ports(tmp_path: Path) -> None:
    where, file = folder(tmp_path / "a", *OBJECTS), tmp_path / "reach.svg"
    assert run(where, svg_file=str(file)) == 0
    told = spoken(file.read_text())
    assert told["shop → shop"] == "TCP/5432"
    assert told["ops → internet"] == "every port"
    assert not [ends for ends in told if ends.startswith(("shop → ops", "ops → shop"))]


@pytest.mark.parametrize(("groups", "size"), [(5, 54), (14, 54), (15, 18), (50, 18), (120, 18), (240, 9), (1000, 8)])
def test_squares_shrink_as_groups_grow(groups: int, size: int) -> None:
    names = tuple(f"team-{number:04}" for number in range(groups))
    text = picture("x", Matrix(names, {(names[0], names[1]): Cell(EVERYTHING, ())}))
    squares = re.findall(r'<rect x="(\d+)" y="(\d+)" width="(\d+)" height="\d+" rx', text)
    assert squares == [(str(size + 1), "1", str(size - 2))]


def test_names_are_text_and_never_markup() -> None:
    name = "<script>&"
    text = picture(name, Matrix((name,), {(name, name): Cell((), EVERYTHING)}))
    assert "<script" not in text
    assert spoken(text) == {f"{name} → {name}": "perhaps every port"}


def test_the_picture_says_what_it_shows_to_those_who_hear_it() -> None:
    cells = {
        ("a", "a"): Cell(EVERYTHING, ()),
        ("a", "b"): Cell((PortRange("TCP", 443, 443),), ()),
        ("b", "a"): Cell((), (PortRange("UDP", 53, 53),)),
        ("a", "internet"): Cell(EVERYTHING, ()),
    }
    root = ET.fromstring(picture("all & sundry", Matrix(("a", "b", "internet"), cells)))
    assert root.get("aria-labelledby") == "title desc"
    assert [root.findtext(f"{SVG}{name}") for name in ("title", "desc")] == [
        "all & sundry: who can reach whom",
        "A table of 3 groups; rows send, columns receive. every port: 1 pair; some ports: 1 pair; not known: 1 pair; "
        "within a tenant: 1 pair; the others are closed. Between tenants: a to b: TCP/443; b to a: perhaps UDP/53.",
    ]


def test_a_long_name_stays_within_the_picture() -> None:
    root = ET.fromstring(picture("/srv/manifests/" * 20, Matrix(("a",), {})))
    shown = next(node.text or "" for node in root.iter(f"{SVG}text"))
    assert (len(shown), shown[-21:]) == (51, "…: who can reach whom")


def brightness(colour: str) -> float:
    """Relative luminance, as WCAG 2 reckons it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_letters_stand_out_from_what_is_below_them(colours: dict[str, str]) -> None:
    letters = {"ink": colours["ink"], "pale": colours["pale"], "on-all": "#ffffff", "on-some": "#1b1f24"}
    for ink, below in (
        ("ink", "paper"), ("pale", "paper"), ("ink", "own"), ("on-all", "all"), ("on-some", "some"),
    ):  # fmt: skip
        light, dark = sorted((brightness(letters[ink]), brightness(colours[below])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, below)


def test_both_documents_cannot_have_standard_output(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--json - --svg -: both want standard output; give one a file"):
        run(folder(tmp_path / "a", *OBJECTS), "-", svg_file="-")


def test_a_fix_is_shown_as_edits_with_their_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = folder(tmp_path / "a", *OBJECTS)
    assert run(where, source="shop/Deployment/web", to="shop/StatefulSet/db", mend=True) == 0
    shown = capsys.readouterr().out.split("Fixes\n")[1]
    assert shown.splitlines()[:3] == [
        "  shop/Deployment/web → shop/StatefulSet/db: 1 edit",
        "",
        "  change NetworkPolicy 'shop/db-in' in all.yaml:87: spec.ingress[0]",
    ]
    with pytest.raises(BadInput, match="--fix: needs two ends; name FROM and TO"):
        run(where, source="shop", mend=True)
