"""A folder that is not as it should be: what can be judged is, the rest is told by file and line, nothing ends badly."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from hedgerow.commands.reach import command, run
from hedgerow.facts.problem import BadInput

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: x}\nspec: {containers: [{name: a}]}\n"
POLICY = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: x}}\nspec: {}\n"
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {{name: s, namespace: x}}\nspec: {}\n"
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 9)}]\n" for number in range(1, 9)
)

UNREAD = {
    "broken YAML": ("a: [b\nc: }", "z.yaml:2: is not YAML: did not find expected ',' or ']'"),
    "a YAML bomb": (BOMB, "z.yaml:5: expands by aliases to more than 200000 values"),
    "nested too deeply": ("[" * 5000 + "]" * 5000, "z.yaml:1: is nested more than 200 levels deep"),
    "the same object twice": (
        POD,
        "z.yaml:1: declares Pod 'x/a' again, first in a.yaml:1; the later one is judged; keep one of them",
    ),
    "the same key twice": ("a: 1\na: 2\n", "z.yaml:2: has the key 'a' twice; keep one of them"),
    "an object without metadata": ("apiVersion: v1\nkind: Pod\n", "z.yaml:1: is a Pod without metadata"),
}
REFUSED = {
    "an operator that is none": (
        POLICY.format("{podSelector: {matchExpressions: [{key: a, operator: Like, values: [b]}]}}"),
        "NetworkPolicy 'x/p' would be refused: spec.podSelector: operator 'Like' of a is not known; "
        "write In, NotIn, Exists or DoesNotExist",
    ),
    "a port out of range": (
        POLICY.format("{podSelector: {}, ingress: [{ports: [{port: 70000}]}]}"),
        "NetworkPolicy 'x/p' would be refused: spec.ingress[0].ports[0] is 70000 to 70000; "
        "write ports from 1 to 65535, the smaller first",
    ),
    "a range that is none": (
        POLICY.format("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/33}}]}]}"),
        "NetworkPolicy 'x/p' would be refused: spec.ingress[0].from[0].ipBlock.cidr is '10.0.0.0/33'; "
        "write a range such as 10.16.0.0/16",
    ),
    "a service's port out of range": (
        SERVICE.format("{type: LoadBalancer, selector: {app: a}, ports: [{port: 99999}]}"),
        "Service 'x/s' would be refused: spec.ports[0].port is 99999; write a number from 1 to 65535",
    ),
    "a service's range that is none": (
        SERVICE.format("{type: LoadBalancer, ports: [{port: 80}], loadBalancerSourceRanges: [office]}"),
        "Service 'x/s' would be refused: spec.loadBalancerSourceRanges[0] is 'office'; "
        "write a range such as 10.16.0.0/16",
    ),
}


def shown(folder: Path, *more: str) -> tuple[int, list[str]]:
    found = CliRunner().invoke(command, [str(folder), *more], terminal_width=400, env={"COLUMNS": "400"})
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found.exit_code, found.output.splitlines()


@pytest.mark.parametrize("case", UNREAD)
def test_what_cannot_be_read_is_told_and_the_rest_is_judged(case: str, tmp_path: Path) -> None:
    text, problem = UNREAD[case]
    (tmp_path / "a.yaml").write_text(POD)
    (tmp_path / "z.yaml").write_text(text)
    code, lines = shown(tmp_path)
    assert (code, lines[lines.index("Not read") + 1].strip(), lines[-1]) == (0, problem, "1 workload")
    (tmp_path / "a.yaml").unlink()
    if case != "the same object twice":
        with pytest.raises(BadInput) as error:
            run(str(tmp_path))
        assert (error.value.exit_code, str(error.value)) == (2, problem)


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_server_would_refuse_is_told_with_its_place(case: str, tmp_path: Path) -> None:
    text, problem = REFUSED[case]
    (tmp_path / "a.yaml").write_text(POD)
    (tmp_path / "z.yaml").write_text(text)
    code, lines = shown(tmp_path)
    assert (code, lines[lines.index("Cannot be judged") + 1].strip()) == (0, f"z.yaml:1: {problem}")


def test_kinds_that_nobody_knows_are_nobodys_business(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        POD + "---\napiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n---\njust text\n"
    )
    code, lines = shown(tmp_path)
    assert (code, lines[-1], "Not read" in lines, "Cannot be judged" in lines) == (0, "1 workload", False, False)


def test_a_folder_without_an_object_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no Kubernetes object"):
        run(str(tmp_path))


def test_a_file_beyond_the_limit_is_told_without_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hedgerow.facts.yaml_text.MOST_BYTES", 1000)
    (tmp_path / "a.yaml").write_text(POD)
    (tmp_path / "z.yaml").write_text("#" * 1001)
    code, lines = shown(tmp_path)
    assert (code, lines[lines.index("Not read") + 1].strip()) == (0, "z.yaml: is larger than 1000 bytes; split it")
