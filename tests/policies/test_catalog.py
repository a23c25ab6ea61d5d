"""The catalogue finds rules in any folder, sets them by class, and tells all that is wrong at once."""

import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from hedgerow.facts.problem import BadInput
from hedgerow.graph import Exemption, Snapshot, judge
from hedgerow.graph.sources.example import failures
from policies import catalog

from ..support import ROOT

CODE = """\
from hedgerow.graph import MISSING, UNKNOWN, Finding


def check(views, config):
    for namespace in views.namespaces:
        value = namespace.label(config["key"])
        if value is UNKNOWN:
            yield Finding(namespace, f"{namespace} cannot be judged: its label is not known yet", certain=False)
        elif value is MISSING:
            yield Finding(namespace, f"{namespace} has no label; add it")
"""
DESCRIPTION = """\
title: Loved
why: Everybody wants
  to be loved.
remedy: Love it.
severity: low
levels: {dev: off, staging: advisory, prod: mandatory}
references: [The Beatles]
judges: [Namespace]
config: {key: love}
examples:
  allow:
    - title: loved
      objects: [{apiVersion: v1, kind: Namespace, metadata: {name: pay, labels: {love: much}}}]
  deny:
    - title: unloved
      objects: [{apiVersion: v1, kind: Namespace, metadata: {name: pay}}]
      finds: [pay]
  unknown:
    - title: perhaps
      objects: [{apiVersion: v1, kind: Namespace, metadata: {name: pay, labels: {love: <unknown>}}}]
"""
SCHEMA = """\
settings:
  properties:
    key: {type: string, pattern: '^[a-z]+$'}
    how: {enum: [much, little]}
    times: {type: integer, minimum: 1}
    tags: {type: array, items: {type: string}}
"""
LOVED = {"ns/loved.py": CODE, "ns/loved.yaml": DESCRIPTION}


def pack(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def wrong(folder: Path, files: Mapping[str, str]) -> list[str]:
    with pytest.raises(BadInput) as caught:
        catalog.load(pack(folder / "policies", files))
    return str(caught.value).splitlines()


def test_a_rule_is_found_with_what_its_yaml_says(tmp_path: Path) -> None:
    (rule,) = catalog.load(pack(tmp_path, LOVED))
    assert (rule.id, rule.title, rule.why, rule.severity) == (
        "ns-loved",
        "Loved",
        "Everybody wants to be loved.",
        "low",
    )
    assert [rule.level(name) for name in ("dev", "staging", "prod", "none")] == [
        "off",
        "advisory",
        "mandatory",
        "mandatory",
    ]
    assert list(failures(rule)) == []


def test_rules_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    files = {
        f"{area}/{name}.{end}": text
        for area in ("wl", "ns", "np")
        for name in ("b", "a")
        for end, text in (("py", CODE), ("yaml", DESCRIPTION))
    }
    assert [rule.id for rule in catalog.load(pack(tmp_path, files))] == ["np-a", "np-b", "ns-a", "ns-b", "wl-a", "wl-b"]


def test_a_folder_of_another_project_shares_code_among_its_rules_and_none_with_this_one(tmp_path: Path) -> None:
    shared = {
        "words.py": "WORD = 'another project'\n",
        "ns/_helper.py": "from ..words import WORD\n\nKEY = WORD\n",
        "ns/loved.py": f"from ..words import WORD\nfrom ._helper import KEY\nassert KEY == WORD == 'another project'\n{CODE}",
        "ns/loved.yaml": DESCRIPTION,
    }
    first = catalog.load(pack(tmp_path / "one" / "policies", shared))
    second = catalog.load(
        pack(tmp_path / "two" / "policies", {**shared, "words.py": "WORD = KEY = 'another project'\n"})
    )
    assert first[0].check is not second[0].check
    assert [rule.id for rule in catalog.load(ROOT / "policies")][:1] == ["eks-endpoint"]


def test_a_rule_that_changed_is_loaded_anew(tmp_path: Path) -> None:
    (before,) = catalog.load(pack(tmp_path, LOVED))
    (after,) = catalog.load(pack(tmp_path, {"ns/loved.py": "def check(views, config):\n    return []\n"}))
    assert list(failures(before)) == []
    assert len(list(failures(after))) == 2


def test_importing_the_catalogue_loads_no_rule_and_no_sdk() -> None:
    code = (
        "import sys, policies.catalog; "
        "print([name for name in sys.modules if name.startswith(('policies.', 'pulumi', 'jsonschema', 'grpc'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "['policies.catalog']\n"


def test_everything_wrong_with_a_folder_is_told_at_once(tmp_path: Path) -> None:
    files = {
        "ns/broken.py": "import nowhere_at_all\n",
        "ns/broken.yaml": DESCRIPTION,
        "ns/typo.py": "def check(views, config)\n    return []\n",
        "ns/typo.yaml": DESCRIPTION,
        "ns/idle.py": "CHECK = 1\n",
        "ns/idle.yaml": DESCRIPTION,
        "ns/alone.py": CODE,
        "ns/lonely.yaml": DESCRIPTION,
        "ns/With-Dash.py": CODE,
        "cloud/loved.py": CODE,
        "cloud/loved.yaml": DESCRIPTION,
        "np/empty.py": CODE,
        "np/empty.yaml": "",
        "np/twice.py": CODE,
        "np/twice.yaml": f"{DESCRIPTION}title: Again\n",
        "np/words.py": CODE,
        "np/words.yaml": DESCRIPTION.replace("severity: low", "severity: grave")
        .replace("dev: off, staging: advisory, prod: mandatory", "dev: soft, stage: advisory, prod: mandatory")
        .replace("judges: [Namespace]", "judges: []")
        .replace("title: Loved", "titel: Loved"),
        "np/cases.py": CODE,
        "np/cases.yaml": DESCRIPTION.replace("      finds: [pay]\n", "").replace("  unknown:\n    - title: perhaps\n", "  other:\n    - name: perhaps\n"),
        "config/stage.yaml": "rules: {}\n",
    }  # fmt: skip
    assert wrong(tmp_path, files) == [
        "policies/cloud/loved.py: lies in no area; move it into one of eks, gke, iso, meta, net, np, ns, wl",
        "policies/config/stage.yaml: is no class; name it dev.yaml, staging.yaml, prod.yaml",
        "policies/np/cases.yaml:10: examples.unknown is missing; write it",
        "policies/np/cases.yaml:15: examples.deny.0.finds is missing; write it",
        "policies/np/cases.yaml:17: examples.other is not known; known here: allow, deny, unknown",
        "policies/np/empty.yaml: is empty",
        "policies/np/twice.yaml:21: has the key 'title' twice; keep one of them",
        "policies/np/words.yaml:1: titel is not known; did you mean title?",
        "policies/np/words.yaml:1: title is missing; write it",
        "policies/np/words.yaml:5: severity must be one of low, medium, high, critical, got 'grave'",
        "policies/np/words.yaml:6: levels.dev must be one of off, advisory, mandatory, got 'soft'",
        "policies/np/words.yaml:6: levels.stage is not known; did you mean staging?",
        "policies/np/words.yaml:6: levels.staging is missing; write it",
        "policies/np/words.yaml:8: judges must be a list that is not empty, got []",
        "policies/ns/With-Dash.py: must be named by lower-case words with '_' between them, got 'With-Dash'; name it such as quota_present.py",
        "policies/ns/alone.py: has no alone.yaml beside it; write it",
        "policies/ns/broken.py:1: cannot be loaded, ModuleNotFoundError: No module named 'nowhere_at_all'",
        "policies/ns/idle.py: has no function check; write `def check(views, config)`",
        "policies/ns/lonely.yaml: has no lonely.py beside it; write it",
        "policies/ns/typo.py:1: cannot be loaded, SyntaxError: expected ':'",
    ]  # fmt: skip


CONFIG = """\
rules:
  ns-loved:
    level: mandatory
    key: care
    on_unknown: mandatory
    exempt:
      - {match: pay-*, owner: jo, reason: it is being mended, expires: 2027-01-31}
"""


def test_the_file_of_a_class_sets_level_settings_and_exemptions(tmp_path: Path) -> None:
    (rule,) = catalog.load(pack(tmp_path, {**LOVED, "config/staging.yaml": CONFIG}))
    assert rule.setting("dev").config == {"key": "love"}
    setting = rule.setting("staging")
    assert (setting.level, setting.config) == ("mandatory", {"key": "care", "on_unknown": "mandatory"})
    assert setting.exemptions == (Exemption("pay-*", "jo", "it is being mended", date(2027, 1, 31)),)


def test_overrides_come_on_top_of_the_folders_own_and_examples_are_judged_by_neither(tmp_path: Path) -> None:
    own = pack(tmp_path / "pack", {**LOVED, "config/prod.yaml": CONFIG})
    more = pack(tmp_path / "more", {"prod.yaml": "rules: {ns-loved: {key: kindness, level: off}}\n"})
    (rule,) = catalog.load(own, more)
    setting = rule.setting("prod")
    assert (setting.level, setting.config["key"], len(setting.exemptions)) == ("off", "kindness", 1)
    assert list(failures(rule)) == []
    assert judge(Snapshot.of("p", "s", []), [rule], today=date(2026, 11, 21)) == []


def test_everything_wrong_with_the_file_of_a_class_is_told_at_once(tmp_path: Path) -> None:
    files = {
        **LOVED,
        "ns/loved.yaml": DESCRIPTION + SCHEMA,
        "config/prod.yaml": """\
rules:
  ns-lovd: {level: off}
  ns-loved:
    level: hard
    kee: care
    key: Care
    how: somewhat
    times: 0
    tags: [a, 1]
    on_unknown: maybe
    exempt:
      - {match: "*", owner: jo, reason: soon, expires: tomorrow}
      - {match: "*", ownr: jo, reason: it is being mended}
      - {match: "*", owner: jo, reason: it is being mended, expires: 2027-02-30}
      - everything
""",
        "config/dev.yaml": "rules: [ns-loved]\n",
        "config/staging.yaml": "rule: {}\n",
    }
    assert wrong(tmp_path, files) == [
        "policies/config/dev.yaml:1: rules must be a mapping, got ['ns-loved']",
        "policies/config/prod.yaml:2: rules.ns-lovd is no rule; rules here: ns-loved",
        "policies/config/prod.yaml:4: rules.ns-loved.level must be one of off, advisory, mandatory, got 'hard'",
        "policies/config/prod.yaml:5: rules.ns-loved.kee is no setting of ns-loved; did you mean key?",
        "policies/config/prod.yaml:6: rules.ns-loved.key must match ^[a-z]+$, got 'Care'",
        "policies/config/prod.yaml:7: rules.ns-loved.how must be one of much, little, got 'somewhat'",
        "policies/config/prod.yaml:8: rules.ns-loved.times does not fit: 0 is less than the minimum of 1",
        "policies/config/prod.yaml:9: rules.ns-loved.tags.1 must be of type string, got 1",
        "policies/config/prod.yaml:10: rules.ns-loved.on_unknown must be one of advisory, mandatory, got 'maybe'",
        "policies/config/prod.yaml:12: rules.ns-loved.exempt.0.expires must be a day such as 2027-01-31, got 'tomorrow'",
        "policies/config/prod.yaml:12: rules.ns-loved.exempt.0.reason must have at least 10 characters, got 'soon'",
        "policies/config/prod.yaml:13: rules.ns-loved.exempt.1.expires is missing; write it",
        "policies/config/prod.yaml:13: rules.ns-loved.exempt.1.owner is missing; write it",
        "policies/config/prod.yaml:13: rules.ns-loved.exempt.1.ownr is not known; did you mean owner?",
        "policies/config/prod.yaml:14: rules.ns-loved.exempt.2.expires is no day of the calendar, got '2027-02-30'",
        "policies/config/prod.yaml:15: rules.ns-loved.exempt.3 must be a mapping, got 'everything'",
        "policies/config/staging.yaml:1: rule is not known; did you mean rules?",
        "policies/config/staging.yaml:1: rules is missing; write it",
    ]


def test_settings_asked_of_one_run_go_into_every_class(tmp_path: Path) -> None:
    (rule,) = catalog.load(pack(tmp_path, {"ns/loved.py": CODE, "ns/loved.yaml": DESCRIPTION + SCHEMA}))
    asked = catalog.configured(rule, "advisory", {"key": "care"})
    assert {name: (asked.level(name), asked.setting(name).config) for name in ("dev", "prod")} == {
        "dev": ("advisory", {"key": "care"}),
        "prod": ("advisory", {"key": "care"}),
    }
    assert catalog.configured(rule, "", {}).settings == rule.settings
    with pytest.raises(BadInput) as caught:
        catalog.configured(rule, "", {"kee": "care", "how": "somewhat"})
    assert str(caught.value).splitlines() == [
        "--policy-pack-config: ns-loved.how must be one of much, little, got 'somewhat'",
        "--policy-pack-config: ns-loved.kee is no setting of ns-loved; did you mean key?",
    ]
