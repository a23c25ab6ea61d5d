"""`hedgerow preview`, end to end: what it shows, writes and ends with, whatever the program does."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ..support import ROOT
from .support import PLAIN, PROJECTS, Ran, copied, hedgerow

SHOP = PROJECTS / "shop"
SCHEMA = json.loads((ROOT / "docs" / "preview.schema.json").read_text())
QUOTA = "ns-quota-present"


def document(text: str) -> Any:
    found = json.loads(text)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


@pytest.fixture(scope="module")
def trouble(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, str]:
    """Every kind of trouble in one run, and the mark that its processes carry."""
    root = copied("trouble", tmp_path_factory.mktemp("trouble"))
    for name in re.findall(r"^def (\w+)", (root / "__main__.py").read_text(), re.MULTILINE):
        disabled = "  pulumi:disable-default-providers: ['*']\n" if name == "defaults" else "  trouble:x: 1\n"
        (root / f"Pulumi.{name}.yaml").write_text(f"config:\n{disabled}")
    (root / "Pulumi.misspelt.yaml").write_text("config:\n  a: 1\n  a: 2\n")
    mark = f"hedgerow-test-{os.getpid()}"
    ran = hedgerow(
        "preview", "--all", "--timeout", "15", "--json", "all.json", "--markdown", "all.md", cwd=root, MARK=mark
    )
    written = (root / "all.json").read_text()
    assert document(written)["schema"] == "hedgerow/previews/v1"
    assert (root / "all.md").read_text().startswith("## 🛑 14 stacks: ")
    return Ran(ran.code, written, ran.err), mark


def told(trouble: tuple[Ran, str], stack: str) -> dict[str, Any]:
    found = {item["stack"]: item for item in json.loads(trouble[0].out)["previews"]}
    return dict(found[stack])


@pytest.mark.parametrize(
    ("stack", "code", "message"),
    [
        ("crashes", 1, "the program failed: KeyError: 'missing'\n  __main__.py:75 in <module>: globals()[pulumi.get_stack()]()\n"
                       "  __main__.py:17 in crashes: inner({})\n  __main__.py:15 in inner: return table[\"missing\"]"),
        ("ends_badly", 1, "the program ended itself with exit code 4"),
        ("asks", 1, "the program asks aws:index/getCallerIdentity:getCallerIdentity with no arguments, which only a cloud can "
                    "answer; declare it in facts.yaml:\n  invokes:\n    aws:index/getCallerIdentity:getCallerIdentity:\n"
                    "      - result: {…}"),
        ("refers", 1, "the program refers to stack 'organization/network/prod', whose outputs are not known here; declare them "
                      "in facts.yaml:\n  stacks:\n    organization/network/prod: prod.outputs.yaml\nand write that file beside "
                      "it: pulumi stack output -s organization/network/prod --json > prod.outputs.yaml"),
        ("twice", 1, "two resources are called 'pay' with type kubernetes:core/v1:Namespace under the same parent "
                     "(urn:pulumi:twice::trouble::kubernetes:core/v1:Namespace::pay); give one of them another name"),
        ("refuses", 2, "zones: must be 2 to 4, got 1"),
        ("logs", 1, "no zone left"),
        ("killed", 1, "the program's process ended by signal 9 and left no result"),
        ("hangs", 1, "the program did not finish within 15 s and was ended; look for an output that nothing resolves or a call "
                     "that waits, or give it longer: --timeout 30"),
        ("defaults", 1, "kubernetes:core/v1:Namespace 'pay' has no explicit provider and default providers of 'kubernetes' are "
                        "disabled; pass one: pulumi.ResourceOptions(provider=…) on it or on a parent"),
        ("misspelt", 2, "Pulumi.misspelt.yaml:3: has the key 'a' twice; keep one of them"),
    ],
)  # fmt: skip
def test_trouble_is_told_in_one_clear_report(trouble: tuple[Ran, str], stack: str, code: int, message: str) -> None:
    assert told(trouble, stack)["error"] == {"message": message, "exit_code": code}


def test_a_crash_shows_the_program_s_own_lines_and_none_of_the_sdk_s(trouble: tuple[Ran, str]) -> None:
    for stack in ("crashes", "crashes_in_apply"):
        message = told(trouble, stack)["error"]["message"]
        assert "KeyError: 'missing'" in message
        assert "__main__.py:" in message
        assert "site-packages" not in message
        assert "hedgerow" not in message


def test_a_program_that_ends_itself_in_peace_is_judged_by_what_it_registered(trouble: tuple[Ran, str]) -> None:
    found = told(trouble, "ends_well")
    assert [item["type"] for item in found["resources"]] == ["kubernetes:core/v1:ConfigMap", "pulumi:pulumi:Stack"]


def test_what_a_program_prints_is_harmless(trouble: tuple[Ran, str]) -> None:
    assert "\x1b" not in trouble[0].err
    assert "error" not in told(trouble, "prints")


def test_an_error_outranks_bad_settings_and_no_report_is_a_traceback(trouble: tuple[Ran, str]) -> None:
    assert trouble[0].code == 1
    assert "Traceback" not in trouble[0].err
    assert len(re.findall(r"^error: \w+: (bad settings|the preview failed)$", trouble[0].err, re.MULTILINE)) == 12


def test_nothing_that_a_program_started_outlives_it(trouble: tuple[Ran, str]) -> None:
    time.sleep(0.2)
    running = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if _readable(path)]
    assert not [line for line in running if f"left-by-{trouble[1]}".encode() in line]


def _readable(path: Path) -> bool:
    try:
        return bool(path.read_bytes())
    except OSError:
        return False


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    """Both stacks of somebody else's project, with every output."""
    out = tmp_path_factory.mktemp("out")
    args = ("--json", str(out / "all.json"), "--markdown", str(out / "all.md"))
    return hedgerow("preview", "--all", *args, cwd=SHOP), out


def test_another_project_is_previewed_with_its_own_components_and_the_bundled_rules(shop: tuple[Ran, Path]) -> None:
    ran, out = shop
    found = {item["stack"]: item for item in document((out / "all.json").read_text())["previews"]}
    assert ran.code == 3
    assert {name: item["class"] for name, item in found.items()} == {"fenced": "dev", "open": "prod"}
    teams = [item["name"] for item in found["open"]["resources"] if item["type"] == "shop:index:Team"]
    assert teams == ["pay", "search"]
    accused = {item["urn"].rpartition("::")[2] for item in found["open"]["findings"] if item["rule"] == QUOTA}
    assert accused == {"pay"}
    assert not [item for item in found["fenced"]["findings"] if item["rule"] == QUOTA]


def test_secrets_and_unknowns_are_marks_in_every_output(shop: tuple[Ran, Path]) -> None:
    ran, out = shop
    written = (out / "all.json").read_text()
    provider = next(
        item
        for item in json.loads(written)["previews"][0]["resources"]
        if item["type"] == "pulumi:providers:kubernetes"
    )
    assert provider["inputs"]["kubeconfig"] == "[secret]"
    for text in (ran.out, ran.err, written, (out / "all.md").read_text()):
        assert "v1:abcdefgh" not in text


def test_the_terminal_s_report_says_what_it_is_and_ends_with_the_verdicts(shop: tuple[Ran, Path]) -> None:
    lines = shop[0].out.splitlines()
    assert lines[0].startswith("fenced  project shop, class dev, judged by ")
    assert lines[1].startswith("Embedded engine: ")
    assert "The program printed" in lines
    assert "  hello from fenced" in lines
    assert "  ├─ pulumi:providers:kubernetes  cluster" in lines
    verdict = lines.index("Verdicts")
    assert [line.split(": ")[0] for line in lines[verdict + 1 :]] == ["fenced", "open"]
    assert re.fullmatch(r"open: 7 resources, \d+ findings: denied by \d+ rules? \(.*\)", lines[-1])
    assert (shop[0].err, "\x1b" in shop[0].out) == ("", False)


def test_the_same_program_gives_the_same_document_each_time(shop: tuple[Ran, Path]) -> None:
    again = hedgerow("preview", "--all", "--json", "-", "--project", str(SHOP), cwd=ROOT)
    assert again.out == (shop[1] / "all.json").read_text()


def test_a_document_on_stdout_is_alone_there() -> None:
    ran = hedgerow("preview", "open", "--json", "-", cwd=SHOP)
    assert document(ran.out)["schema"] == "hedgerow/preview/v1"
    assert ran.err.splitlines()[:3] == ["", "The program printed", "  hello from open"]
    assert ran.err.splitlines()[-1].startswith("open: 7 resources, ")
    assert ran.code == 3


def test_the_only_stack_needs_no_name_and_files_are_written_whole(tmp_path: Path) -> None:
    root = copied("shop", tmp_path)
    (root / "Pulumi.open.yaml").unlink()
    (root / "old.md").write_text("old")
    (root / "old.md").chmod(0o640)
    ran = hedgerow("preview", "--json", "new.json", "--markdown", "old.md", cwd=root / "components")
    assert ran.code in (0, 3)
    assert not (root / "new.json").exists()
    assert document((root / "components" / "new.json").read_text())["stack"] == "fenced"
    assert (root / "components" / "old.md").read_text().startswith(("## ✅ fenced: ", "## ❌ fenced: "))
    assert sorted(path.name for path in (root / "components").iterdir() if path.name.startswith(".")) == []


def test_an_existing_file_keeps_its_mode_and_a_pipe_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text("old")
    (tmp_path / "old.md").chmod(0o640)
    (tmp_path / "link.md").symlink_to("old.md")
    os.mkfifo(tmp_path / "pipe.json")
    reader = subprocess.Popen(["cat", "pipe.json"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    args = ("--markdown", str(tmp_path / "link.md"), "--json", str(tmp_path / "pipe.json"))
    assert hedgerow("preview", "open", *args, cwd=SHOP).code == 3
    assert document(reader.communicate(timeout=60)[0])["stack"] == "open"
    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "old.md").read_text().startswith("## ❌ open: ")
    assert (tmp_path / "old.md").stat().st_mode & 0o777 == 0o640


def test_a_project_s_own_rules_judge_it_alone(tmp_path: Path) -> None:
    root = copied("shop", tmp_path)
    shutil.rmtree(root / "policies")
    shutil.copytree(PROJECTS / "rules", root / "policies")
    ran = hedgerow("preview", "open", "--json", "-", cwd=root)
    found = document(ran.out)
    assert {item["rule"] for item in found["findings"]} == {"ns-named-search"}
    assert [item["message"] for item in found["findings"]] == ["Namespace 'search' is called search; call it otherwise"]
    assert ran.code == 3


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nope"], "  Pulumi.nope.yaml: is not there; stacks of shop: fenced, open"),
        (["nope", "open", "neither"], "  Pulumi.neither.yaml: is not there; stacks of shop: fenced, open\n"
                                      "  Pulumi.nope.yaml: is not there; stacks of shop: fenced, open"),
        ([], "  .: holds 2 stacks; name those to preview (fenced, open), or take all of them with --all"),
        (["open", "--json", "no/x.json"], "  no/x.json: lies in a folder that is not there; make no"),
        (["open", "--markdown", "components"], "  components: is a folder; name a file, or - for standard output"),
        (["open", "--json", "-", "--markdown", "-"],
         "  --json - --markdown -: both want standard output; give one a file"),
    ],
)  # fmt: skip
def test_a_call_that_makes_no_sense_is_refused_at_once(args: list[str], message: str) -> None:
    ran = hedgerow("preview", *args, cwd=SHOP)
    assert ran == Ran(2, "", f"error: bad input; nothing was done\n{message}\n")


def test_bad_settings_write_nothing(tmp_path: Path) -> None:
    root = copied("shop", tmp_path)
    (root / "Pulumi.open.yaml").write_text("config: [1]\n")
    ran = hedgerow("preview", "open", "--json", "x.json", "--markdown", "-", cwd=root)
    assert ran == Ran(
        2, "", "error: open: bad settings\n  Pulumi.open.yaml: config must be a mapping of keys to values, got [1]\n"
    )
    assert not (root / "x.json").exists()


def test_where_there_is_no_project_it_says_so(tmp_path: Path) -> None:
    ran = hedgerow("preview", cwd=tmp_path)
    message = f"  {tmp_path}: lies in no Pulumi project; go to a folder with a Pulumi.yaml\n"
    assert ran == Ran(2, "", f"error: bad input; nothing was done\n{message}")


def test_a_failed_program_is_written_as_such(tmp_path: Path) -> None:
    root = copied("shop", tmp_path)
    (root / "components" / "team.py").write_text("raise ValueError('half done')\n")
    ran = hedgerow("preview", "open", "--json", "-", "--markdown", "x.md", cwd=root)
    assert ran.code == 1
    assert document(ran.out)["error"]["message"].startswith(
        "the program failed: ValueError: half done\n  __main__.py:3 "
    )
    assert (root / "x.md").read_text().startswith("## 🛑 open: the preview failed\n\n```text\nthe program failed: ")


def watched(*args: str, cwd: Path, **environment: str) -> str:
    """What a person sees: the command on a terminal of 100 columns."""
    main, side = pty.openpty()
    os.set_blocking(main, True)
    process = subprocess.Popen(
        [sys.executable, "-m", "hedgerow", *args], cwd=cwd, stdin=side, stdout=side, stderr=side,
        env=PLAIN | {"TERM": "xterm-256color", "COLUMNS": "100"} | environment,
    )  # fmt: skip
    os.close(side)
    seen = b""
    while True:
        try:
            chunk = os.read(main, 1 << 16)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    process.wait(60)
    os.close(main)
    return seen.decode()


def test_a_terminal_sees_progress_and_colours() -> None:
    seen = watched("preview", "open", cwd=SHOP)
    assert "\r\x1b[Kpreviewing open " in seen
    assert "\x1b[1;31m" in seen
    assert "\r\x1b[K\x1b[1mopen\x1b[0m" in seen


def test_no_color_takes_the_colours_and_leaves_the_words() -> None:
    seen = watched("preview", "open", cwd=SHOP, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", seen)
    assert "✗ denies  " in seen
