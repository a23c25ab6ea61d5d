"""What providers' sources say of their inputs is read as it is written."""

from datetime import date
from pathlib import Path

import pytest

from hedgerow.facts.providers import go, kubernetes, refresh, types, words
from hedgerow.facts.providers.package import Packages
from hedgerow.facts.providers.terraform import Reader

from .sources import written


@pytest.fixture
def packages(tmp_path: Path) -> Packages:
    """The sources of a provider that sells at a market."""
    return Packages([written(tmp_path)])


def test_a_resource_is_read_with_what_its_code_adds(packages: Packages) -> None:
    assert Reader(packages, {}).effects("shop", "resourceStall()") == {
        "kmsKeyId": "replace",
        "street": "replace",
        "awning.frame": "replace",
        "awning.colour": "either",
        "size": "either",
        "crates": "either",
        "crates.depth": "replace",
        "neighbourIds": "replace",
        "odd": "either",
        "*": "update",
    }


def test_what_code_computes_makes_the_rest_doubtful(packages: Packages) -> None:
    assert Reader(packages, {}).effects("shop", "resourceWild()") == {
        "project": "replace",
        "member": "replace",
        "*": "either",
    }


def test_a_constructor_is_given_the_schema_of_its_parent(packages: Packages) -> None:
    found = Reader(packages, {}).effects("shop", "Granted(ParentSchema)")
    assert found == {"project": "replace", "role": "replace", "*": "update"}


def test_a_resource_of_the_framework_is_read_by_its_modifiers(packages: Packages) -> None:
    found = Reader(packages, {}).of_method("shop", "cartResource")
    assert found == {"owner": "replace", "wheels": "either", "lock.key": "replace", "*": "update"}


def test_names_that_do_not_follow_are_given(packages: Packages) -> None:
    found = Reader(packages, {"neighbour_id": "neighbours"}).effects("shop", "resourceStall()")
    assert (found["neighbours"], found.get("neighbourIds")) == ("replace", None)


@pytest.mark.parametrize("constructor", ["resourceNone()", "crateSchema"])
def test_where_no_folder_tells_there_is_nothing(packages: Packages, constructor: str) -> None:
    assert Reader(packages, {}).effects("other", constructor) == {}
    assert Reader(packages, {}).of_method("shop", "noResource") == {}


def test_an_index_of_declarations_reads_as_the_files_do(packages: Packages, tmp_path: Path) -> None:
    """One file a declaration, as indexes of sources keep them."""
    index = tmp_path / "index" / "shop"
    index.mkdir(parents=True)
    for text in (tmp_path / "service/shop/stall.go").read_text().split("\n\n"):
        if text.startswith(("func ", "// A stall", "const ")):
            name = text.partition("func ")[2].partition("(")[0] or "const.minimum"
            (index / f"func.{name}.goindex").write_text(f"package shop\n{text}\n")
    (tmp_path / "index" / "tags").mkdir()
    (tmp_path / "index" / "tags" / "var.goindex").write_text((tmp_path / "tags/tags.go").read_text())
    indexed = Packages([tmp_path / "index"])
    made = "resourceStall()"
    assert Reader(indexed, {}).effects("shop", made) == Reader(packages, {}).effects("shop", made)


def test_the_kubernetes_provider_is_read_with_what_its_code_adds(packages: Packages) -> None:
    assert kubernetes.effects(packages) == {
        "kubernetes:* *": "update",
        "kubernetes:* metadata.name": "replace",
        "kubernetes:* metadata.namespace": "replace",
        "kubernetes:apps/v1:Deployment spec.selector": "replace",
        "kubernetes:core/v1:ConfigMap binaryData": "replace",
        "kubernetes:core/v1:ConfigMap data": "replace",
        "kubernetes:core/v1:Pod spec.containers": "replace",
        "kubernetes:core/v1:Pod spec.nodeName": "replace",
        "kubernetes:core/v1:Pod spec.volumes": "replace",
        "kubernetes:core/v1:Secret data": "replace",
        "kubernetes:core/v1:Secret stringData": "replace",
        "kubernetes:core/v1:Secret type": "replace",
        "kubernetes:core/v1:Service spec.clusterIP": "replace",
    }


def test_a_table_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"aws:shop/cart:Cart": ("shop", "cartResource"), "aws:shop/wild:Wild": ("shop", "resourceWild()")}
    monkeypatch.setattr(types, "OF", {"aws": known})
    folder, day = written(tmp_path), date(2026, 12, 1)
    assert refresh.replacements("aws", [folder], "a market", day) == (
        "# source: a market, read 2026-12-01\n"
        "input,effect\n"
        "aws:shop/cart:Cart *,update\n"
        "aws:shop/cart:Cart lock.key,replace\n"
        "aws:shop/cart:Cart owner,replace\n"
        "aws:shop/cart:Cart region,either\n"
        "aws:shop/cart:Cart wheels,either\n"
        "aws:shop/wild:Wild *,either\n"
        "aws:shop/wild:Wild member,replace\n"
        "aws:shop/wild:Wild project,replace\n"
        "aws:shop/wild:Wild region,either\n"
    )
    with pytest.raises(refresh.Untold) as told:
        refresh.replacements("aws", [folder / "tags"], "a market", day)
    assert told.value.args == tuple(known)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('"a\\"b"', go.Text('a"b')),
        ("`a\\b`", go.Text("a\\b")),
        ("names.AttrID", go.Name("names.AttrID")),
        ("10 * time.Minute", go.Name("10")),
        ("[]string{\"a\", b}", go.Literal("[]string", ((None, go.Text("a")), (None, go.Name("b"))))),
        ("enum.Validate[awstypes.Mode]()", go.Call("enum.Validate[awstypes.Mode]", ())),
        ("f(1, g(2)).h()", go.Call("f", (go.Name("1"), go.Call("g", (go.Name("2"),))))),
        ("&T{a: -1, /* c: */ \"b\": {}, // d\n}", go.Literal("T", (
            (go.Name("a"), go.Name("")), (go.Text("b"), go.Literal("", ())),
        ))),
        ("map[string]interface{}{}", go.Literal("map[string]interface{}", ())),
        ("func(a, b int, c ...func(int) bool) any { return a }", go.Function(("a", "b", "c"), ("return", "a"))),
    ],
)  # fmt: skip
def test_operands(text: str, read: object) -> None:
    assert go.expression(go.tokens(text))[0] == read


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("names.AttrCIDRBlock", "cidr_block"),
        ("names.AttrKMSKeyARN", "kms_key_arn"),
        ("names.AttrSubnetIDs", "subnet_ids"),
        ("names.AttrVPCID", "vpc_id"),
        ("AttrName", "name"),
    ],
)
def test_a_constant_is_named_after_its_value(name: str, means: str) -> None:
    assert words.constant(name) == means


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ("subnetId", "subnetIds"),
        ("policy", "policies"),
        ("key", "keys"),
        ("address", "addresses"),
        ("prefix", "prefixes"),
        ("taints", "taints"),
        ("status", "statuses"),
    ],
)
def test_plurals(one: str, several: str) -> None:
    assert words.plural(one) == several
