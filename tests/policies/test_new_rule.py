"""A new rule is two files whose examples fail until it is written; nothing is half-written."""

from pathlib import Path

import pytest

from hedgerow.commands.new_rule import scaffold
from hedgerow.facts.problem import BadInput
from hedgerow.graph.sources.example import failures
from policies import catalog

WRITTEN = '''\
"""Every namespace is an example."""

from collections.abc import Iterator

from hedgerow.graph import MISSING, UNKNOWN, Finding, Views
from hedgerow.graph.judgement import Config


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for namespace in views.namespaces:
        value = namespace.label("example")
        if value is UNKNOWN:
            yield Finding(namespace, f"{namespace} cannot be judged: its label is not known yet", certain=False)
        elif value is MISSING:
            yield Finding(namespace, f"{namespace} is no example; label it")
'''


def test_the_examples_of_a_new_rule_fail_until_it_is_written(tmp_path: Path) -> None:
    written = scaffold(tmp_path, "ns", "example-given")
    assert [str(path.relative_to(tmp_path)) for path in written] == ["ns/example_given.py", "ns/example_given.yaml"]
    (rule,) = catalog.load(tmp_path)
    assert (rule.id, {setting.level for setting in rule.settings.values()}) == ("ns-example-given", {"advisory"})
    assert list(failures(rule)) == [
        "ns-example-given, deny, «a namespace that is not»: finds [], and should find ['payments']",
        "ns-example-given, unknown, «a namespace of which it is not known yet»: does not say what it cannot judge",
    ]
    written[0].write_text(WRITTEN)
    assert list(failures(catalog.load(tmp_path)[0])) == []


def test_a_package_of_rules_gets_a_package_for_a_new_area(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text('"""Rules."""\n')
    names = [str(path.relative_to(tmp_path)) for path in scaffold(tmp_path, "iso", "alone")]
    assert names == ["iso/alone.py", "iso/alone.yaml", "iso/__init__.py"]
    assert [rule.id for rule in catalog.load(tmp_path)] == ["iso-alone"]


@pytest.mark.parametrize(
    ("area", "name", "told"),
    [
        (
            "cloud",
            "Quota Present",
            "new-rule: AREA must be one of eks, gke, iso, meta, net, np, ns, wl, got 'cloud'\n"
            "new-rule: NAME must be lower-case words with '-' between them, the first beginning with a letter, "
            "got 'Quota Present'; type one such as quota-present",
        ),
        (
            "ns",
            "../escape",
            "new-rule: NAME must be lower-case words with '-' between them, the first beginning with a letter, "
            "got '../escape'; type one such as quota-present",
        ),
        (
            "ns",
            "",
            "new-rule: NAME must be lower-case words with '-' between them, the first beginning with a letter, "
            "got ''; type one such as quota-present",
        ),
    ],
)
def test_fails_when_area_or_name_are_wrong(tmp_path: Path, area: str, name: str, told: str) -> None:
    with pytest.raises(BadInput) as caught:
        scaffold(tmp_path, area, name)
    assert str(caught.value) == told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["py", "yaml"])
def test_fails_when_the_rule_is_there_and_leaves_it_alone(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ns").mkdir()
    there = Path(f"ns/quota_present.{ending}")
    there.write_text("mine")
    with pytest.raises(BadInput) as caught:
        scaffold(Path(), "ns", "quota-present")
    assert str(caught.value) == (
        f"{there}: is there already; give the new rule another name, for the id ns-quota-present is taken for ever"
    )
    assert there.read_text() == "mine"
    assert list(Path("ns").iterdir()) == [there]


def test_fails_when_the_second_file_cannot_be_written_and_takes_the_first_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    opened = Path.open

    def full(self: Path, *args: object, **kwargs: object) -> object:
        if self.suffix == ".yaml":
            raise OSError(28, "No space left on device", str(self))
        return opened(self, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(BadInput) as caught:
        scaffold(Path("rules"), "ns", "example")
    assert str(caught.value) == "rules/ns/example.yaml: cannot be written: No space left on device"
    assert not Path("rules/ns").exists()


def test_fails_when_the_folder_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rules").write_text("not a folder")
    with pytest.raises(BadInput) as caught:
        scaffold(Path("rules"), "ns", "example")
    assert str(caught.value) == "rules/ns: cannot be written: Not a directory"
