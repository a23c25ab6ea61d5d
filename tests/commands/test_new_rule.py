"""`hedgerow new-rule`, as it is called; what it writes is tested with the rules."""

from pathlib import Path

import pytest

from .support import Ran, hedgerow


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "__main__.py").write_text("")
    (tmp_path / "deep").mkdir()
    return tmp_path


def test_a_rule_is_written_into_the_project_s_own_policies(project: Path) -> None:
    ran = hedgerow("new-rule", "np", "external-name", cwd=project / "deep")
    assert ran.out.splitlines()[:2] == ["wrote policies/np/external_name.py", "wrote policies/np/external_name.yaml"]
    assert (ran.code, ran.err) == (0, "")
    assert (project / "policies" / "np" / "external_name.yaml").read_text().startswith("title: ")


def test_a_new_rule_is_a_pack_that_judges_at_once(project: Path) -> None:
    hedgerow("new-rule", "np", "external-name", cwd=project)
    (project / "Pulumi.dev.yaml").write_text("config: {shop:x: 1}\n")
    ran = hedgerow("preview", cwd=project)
    assert ran.out.splitlines()[0] == "dev  project shop, class prod, judged by 1 rule of policies/"
    assert (ran.code, ran.err) == (0, "")


def test_a_name_that_is_taken_is_refused_and_nothing_is_written(project: Path) -> None:
    hedgerow("new-rule", "np", "external-name", cwd=project)
    before = (project / "policies" / "np" / "external_name.py").read_text()
    ran = hedgerow("new-rule", "np", "external-name", cwd=project)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: bad input; nothing was done\n")
    assert (project / "policies" / "np" / "external_name.py").read_text() == before


def test_outside_a_project_nothing_is_written(tmp_path: Path) -> None:
    ran = hedgerow("new-rule", "np", "external-name", cwd=tmp_path)
    message = f"  {tmp_path}: lies in no Pulumi project; go to a folder with a Pulumi.yaml\n"
    assert ran == Ran(2, "", f"error: bad input; nothing was done\n{message}")
    assert list(tmp_path.iterdir()) == []
