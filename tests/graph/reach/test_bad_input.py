"""A folder that is not as it should be: what can be judged is, the rest is told by file and line, nothing ends badly."""

import os
import threading
import time
from pathlib import Path
from typing import Any

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
    "nested too deeply in its second document": (
        "a: b\n---\n" + "[" * 5000 + "]" * 5000,
        "z.yaml:3: is nested more than 200 levels deep",
    ),
    "nested too deeply after a directive": (
        "%TAG !e! tag:example.com,2026:\n---\n!e!x " + "[" * 5000 + "]" * 5000,
        "z.yaml:3: is nested more than 200 levels deep",
    ),
    "nested too deeply by carriage returns": (
        "".join(f"{' ' * column}a:\r" for column in range(3000)),
        "z.yaml:201: is nested more than 200 levels deep",
    ),
    "nested too deeply by separators": (
        "".join(f"{' ' * column}a:\u2028" for column in range(3000)),
        "z.yaml:201: is nested more than 200 levels deep",
    ),
    "the same object twice": (
        POD,
        "z.yaml:1: declares Pod 'x/a' again, first in a.yaml:1; the later one is judged; keep one of them",
    ),
    "the same key twice": ("a: 1\na: 2\n", "z.yaml:2: has the key 'a' twice; keep one of them"),
    "an object without metadata": ("apiVersion: v1\nkind: Pod\n", "z.yaml:1: is a Pod without metadata"),
    "an object without a name": (
        "apiVersion: v1\nkind: Pod\nmetadata: {namespace: x}\n",
        "z.yaml:1: is a Pod without a name",
    ),
    "a name that is a number": (
        "\napiVersion: v1\nkind: Pod\nmetadata: {name: 7}\n",
        "z.yaml:2: is a Pod whose metadata.name is no text",
    ),
    "a kind that is no text": (
        "apiVersion: v1\nkind: [Pod]\nmetadata: {name: a}\n",
        "z.yaml:1: has an apiVersion or a kind that is no text",
    ),
    "a list that is none": ("apiVersion: v1\nkind: List\nitems: 5\n", "z.yaml:1: is a List whose items are no list"),
    "an object in a list in a list": (
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: Pod}\n",
        "z.yaml:7: is a Pod without metadata",
    ),
    "a tag that runs programs": (
        "a: b\nc: !!python/object/apply:os.system [id]\n",
        "z.yaml:2: has the tag 'tag:yaml.org,2002:python/object/apply:os.system', which is not plain YAML",
    ),
    "an alias of itself": ("a: &a [*a]\n", "z.yaml:1: contains itself through an alias"),
    "a character that is no text": ("a: é\nb: \7\n", "z.yaml:2: is not YAML: control characters are not allowed"),
    "a byte that is none": ("a: b\n\0", "z.yaml:2: is not text but binary"),
    "a template of Helm": (
        "{{ if .Values.x }}\napiVersion: v1\n{{ end }}\n",
        "z.yaml:2: is not YAML: did not find expected <document start>",
    ),
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
    (tmp_path / "z.yaml").write_text(text, newline="")
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


def test_what_is_no_text_in_utf_8_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(POD)
    (tmp_path / "z.yaml").write_bytes(b"a: b\nc: \xff\n")
    code, lines = shown(tmp_path)
    told = lines[lines.index("Not read") + 1].strip()
    assert (code, told, lines[-1]) == (0, "z.yaml:2: is not UTF-8 text; save it as UTF-8", "1 workload")


LINK = "is a symbolic link, which is not followed; name what it leads to, or put a copy here"


def test_links_and_pipes_are_told_and_never_followed(tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    for place in (folder / "sub", outside):
        place.mkdir(parents=True)
        (place / f"{place.name}.yaml").write_text(POD.replace("name: a,", f"name: {place.name},"))
    (folder / "around.yaml").symlink_to("around.yaml")
    (folder / "elsewhere").symlink_to(outside)
    (folder / "other.yaml").symlink_to(outside / "outside.yaml")
    (folder / "same.yaml").symlink_to("sub/sub.yaml")
    (folder / "sub" / "up").symlink_to("..")
    os.mkfifo(folder / "pipe.yaml")
    os.mkfifo(folder / "sub" / "kustomization.yaml")
    code, lines = shown(folder)
    start = lines.index("Not read") + 1
    assert (code, lines[-1]) == (0, "1 workload")
    assert [line.strip() for line in lines[start : lines.index("", start)]] == [
        f"around.yaml: {LINK}",
        f"elsewhere: {LINK}",
        f"other.yaml: {LINK}",
        "pipe.yaml: is no regular file",
        "sub/kustomization.yaml: is no regular file",
        f"sub/up: {LINK}",
    ]


def test_what_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for somebody without the right to: whoever runs the tests may have every right."""

    def refused(path: Path) -> bytes | None:
        if path.name == "z.yaml":
            raise PermissionError(13, "Permission denied")
        return path.read_bytes()

    monkeypatch.setattr("hedgerow.facts.yaml_text._bytes", refused)
    for name in ("a.yaml", "z.yaml"):
        (tmp_path / name).write_text(POD)
    code, lines = shown(tmp_path)
    told = lines[lines.index("Not read") + 1].strip()
    assert (code, told, lines[-1]) == (0, "z.yaml: cannot be read: Permission denied", "1 workload")


def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text(POD)
    (tmp_path / "dark").mkdir()
    scan = os.scandir

    def refused(path: str) -> Any:
        if str(path).endswith("dark"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr("os.scandir", refused)
    code, lines = shown(tmp_path)
    told = lines[lines.index("Not read") + 1].strip()
    assert (code, told, lines[-1]) == (0, "dark: cannot be read: Permission denied", "1 workload")


def test_what_a_pipe_holds_is_judged(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(POD,))
    writer.start()
    code, lines = shown(pipe)
    writer.join()
    assert (code, lines[-1]) == (0, "1 workload")


@pytest.mark.parametrize("number", ["1" + ":1" * 200_000, "1" + ":1" * 200_000 + ".5", "9" * 100_000, "1e999"])
def test_numbers_without_end_are_read_in_no_time(number: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(POD.replace("spec: {", f"spec: {{priority: {number}, "))
    started = time.process_time()
    code, lines = shown(tmp_path)
    assert (code, lines[-1], "Not read" in lines) == (0, "1 workload", False)
    assert time.process_time() - started < 5


def test_brackets_in_a_text_are_no_depth(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: |\n" + "    [{[{[{\n" * 500
    (tmp_path / "a.yaml").write_text(f"{text}---\n{POD}")
    code, lines = shown(tmp_path)
    assert (code, lines[-1], "Not read" in lines) == (0, "1 workload", False)


def test_kustomizations_are_no_objects(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(POD)
    text = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n"
    (tmp_path / "kustomization.yaml").write_text(text)
    code, lines = shown(tmp_path)
    assert (code, lines[-1], "Not read" in lines) == (0, "1 workload", False)


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
