"""`hedgerow new-rule AREA NAME`: both files of a rule, with examples that fail until the rule is written."""

import contextlib
from pathlib import Path

from ..facts.problem import BadInput, Problem
from ..graph.rulebook import AREAS, NAME, rule_id

CODE = '''\
"""{title}."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config


def check(views: Views, config: Config) -> Iterator[Finding]:
    yield from ()
'''

DESCRIPTION = """\
title: {title}
why: What goes wrong where this does not hold, in a sentence or two.
remedy: What to type, so that it holds.
severity: medium
levels: {{dev: advisory, staging: advisory, prod: advisory}}
references:
  - The page that says so
judges: [Namespace]
examples:
  allow:
    - title: a namespace that is as it should be
      objects:
        - {{apiVersion: v1, kind: Namespace, metadata: {{name: payments, labels: {{example: "yes"}}}}}}
  deny:
    - title: a namespace that is not
      objects:
        - {{apiVersion: v1, kind: Namespace, metadata: {{name: payments}}}}
      finds: [payments]
  unknown:
    - title: a namespace of which it is not known yet
      objects:
        - {{apiVersion: v1, kind: Namespace, metadata: {{name: payments, labels: {{example: <unknown>}}}}}}
"""


def scaffold(folder: Path, area: str, name: str) -> list[Path]:
    """Write the files of a new rule into a folder of rules and give their paths; all of them, or BadInput and none."""
    stem = name.replace("-", "_")
    problems = []
    if area not in AREAS:
        problems.append(Problem("new-rule", 0, "AREA", f"must be one of {', '.join(AREAS)}", area))
    if not NAME.fullmatch(stem):
        what = "must be lower-case words with '-' between them, the first beginning with a letter"
        problems.append(Problem("new-rule", 0, "NAME", what, name, "type one such as quota-present"))
    if problems:
        raise BadInput(problems)
    title = f"{stem.replace('_', ' ').capitalize()} is as it should be"
    files = {path: text.format(title=title) for path, text in _files(folder, area, stem).items()}
    taken = [path for path in files if path.exists()]
    if taken:
        what = f"is there already; give the new rule another name, for the id {rule_id(area, stem)} is taken for ever"
        raise BadInput([Problem(str(path), 0, "", what) for path in taken])
    _write(files)
    return list(files)


def _files(folder: Path, area: str, stem: str) -> dict[Path, str]:
    files = {folder / area / f"{stem}.py": CODE, folder / area / f"{stem}.yaml": DESCRIPTION}
    package = folder / area / "__init__.py"
    if (folder / "__init__.py").is_file() and not package.exists():
        files[package] = f'"""Rules of the area {area}."""\n'
    return files


def _write(files: dict[Path, str]) -> None:
    written: list[Path] = []
    made = {path.parent for path in files if not path.parent.exists()}
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            path.unlink()
        for place in made:
            with contextlib.suppress(OSError):
                place.rmdir()
        shown = error.filename or next(iter(files)).parent
        raise BadInput([Problem(str(shown), 0, "", f"cannot be written: {error.strerror}")]) from error
