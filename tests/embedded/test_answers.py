"""Answers that a project declares: read from its files, refused in one report where they are written wrongly."""

from pathlib import Path

import pytest

from hedgerow.engine import answers, project
from hedgerow.facts.problem import BadInput


def made(root: Path, **files: str) -> project.Project:
    (root / "Pulumi.yaml").write_text("name: shop\nruntime: python\nstackConfigDir: envs\n")
    (root / "__main__.py").write_text("")
    (root / "envs").mkdir()
    for name, text in files.items():
        (root / "envs" / name).write_text(text)
    return project.find(root)


def test_a_stack_s_own_answers_come_first(tmp_path: Path) -> None:
    common = "invokes: {a:b:c: [{result: {x: 1}}], d:e:f: [{result: {}}]}\nstacks: {o/p/s: {x: 1}, o/p/t: {y: 1}}\n"
    own = "invokes: {a:b:c: [{args: {q: 1}, result: {x: 2}}]}\nstacks: {o/p/s: {x: 2}}\n"
    found = answers.load(made(tmp_path, **{"facts.yaml": common, "dev.facts.yaml": own}), "dev")
    assert (found.invoke("a:b:c", {"q": 1}), found.invoke("a:b:c", {}), found.invoke("d:e:f", {})) == (
        {"x": 2},
        {"x": 1},
        {},
    )
    assert (found.stack_outputs("o/p/s"), found.stack_outputs("o/p/t")) == ({"x": 2}, {"y": 1})


def test_outputs_of_a_stack_may_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    """Whether `pulumi stack output --json` wrote it or a person: JSON is YAML."""
    files = {
        "facts.yaml": "stacks: {o/p/s: s.outputs.yaml, o/p/t: gone.yaml, o/p/u: broken.yaml, o/p/v: list.yaml}\n",
        "s.outputs.yaml": '{"vpc": "vpc-1", "zones": ["a"]}',
        "broken.yaml": "a: [\n",
        "list.yaml": "[1]\n",
    }
    found = answers.load(made(tmp_path, **files), "dev")
    assert found.stack_outputs("o/p/s") == {"vpc": "vpc-1", "zones": ["a"]}
    told = {
        "o/p/t": "envs/facts.yaml:1: stacks.o/p/t names a file that is not there, got 'gone.yaml'",
        "o/p/v": "envs/list.yaml:1: must be a mapping of keys to values, got [1]",
    }
    for stack, text in told.items():
        with pytest.raises(BadInput) as refused:
            found.stack_outputs(stack)
        assert str(refused.value) == text
    with pytest.raises(BadInput, match=r"envs/broken\.yaml:2"):
        found.stack_outputs("o/p/u")


def test_a_stack_that_nobody_declared_is_asked_for_with_the_command_that_tells_of_it(tmp_path: Path) -> None:
    with pytest.raises(answers.Undeclared) as error:
        answers.load(made(tmp_path), "dev").stack_outputs("organization/network/prod")
    assert str(error.value) == (
        "the program refers to stack 'organization/network/prod', whose outputs are not known here; declare them in "
        "envs/facts.yaml:\n  stacks:\n    organization/network/prod: prod.outputs.yaml\n"
        "and write that file beside it: "
        "pulumi stack output -s organization/network/prod --json > envs/prod.outputs.yaml"
    )


def test_what_is_not_declared_is_asked_for_in_a_file_of_this_project(tmp_path: Path) -> None:
    found = answers.load(made(tmp_path), "dev")
    with pytest.raises(answers.Undeclared, match=r"declare it in envs/facts\.yaml:\n  invokes:\n    a:b:c:\n"):
        found.invoke("a:b:c", {})


def test_empty_parts_declare_nothing(tmp_path: Path) -> None:
    assert answers.load(made(tmp_path, **{"facts.yaml": "invokes:\nstacks:\n"}), "dev").invokes == {}


def test_everything_that_is_written_wrongly_is_told_at_once(tmp_path: Path) -> None:
    text = (
        "invoke: {}\ninvokes:\n  a:b:c: {result: {}}\n  d:e:f:\n    - {result: 1}\n    - 2\n    - {args: [], result: {}}\n"
        "stacks:\n  o/p/s: 3\n"
    )
    with pytest.raises(BadInput) as caught:
        answers.load(made(tmp_path, **{"facts.yaml": text, "dev.facts.yaml": "stacks: [1]\n"}), "dev")
    assert str(caught.value) == (
        "envs/dev.facts.yaml:1: stacks must be a mapping\n"
        "envs/facts.yaml:1: invoke is not known; write invokes or stacks\n"
        "envs/facts.yaml:3: invokes.a:b:c must be a list of answers\n"
        "envs/facts.yaml:5: invokes.d:e:f.0 must hold a mapping result\n"
        "envs/facts.yaml:6: invokes.d:e:f.1 must hold a mapping result\n"
        "envs/facts.yaml:7: invokes.d:e:f.2.args must be a mapping\n"
        "envs/facts.yaml:9: stacks.o/p/s must be a mapping of outputs, or the name of a file that holds it"
    )
