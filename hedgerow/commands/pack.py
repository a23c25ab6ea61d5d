"""The rules that judge: the project's own, else those that come with hedgerow; found by folder, as Pulumi does."""

import contextlib
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from ..engine import project
from ..facts.problem import BadInput, Problem
from ..graph import Rule, Snapshot, Views, judge
from ..graph.capacity import Capacity
from ..report.verdict import PREVIEW, Judging, Verdict

NAME = "hedgerow.policies"
"""In a wheel a package of this name; in the repository the folder `policies` beside `hedgerow`, loaded under it."""


@dataclass(frozen=True)
class Pack:
    """Rules, and what a report calls the place that they are from."""

    rules: tuple[Rule, ...]
    shown: str

    def judge(
        self,
        snapshot: Snapshot,
        name: str,
        *,
        source: str = PREVIEW,
        environment: str = "",
        unread: Sequence[Problem] = (),
    ) -> Verdict:
        """The verdict on a snapshot, as of today. `environment`: the class to judge by, whatever the snapshot says."""
        views, capacity = Views(snapshot), tuple[Capacity, ...]()
        with contextlib.redirect_stdout(sys.stderr):
            judged = judge(snapshot, self.rules, today=datetime.now(UTC).date(), environment=environment, views=views)
        class_ = environment or views.environment
        on = sum(rule.level(class_) != "off" for rule in self.rules)
        with contextlib.suppress(Exception):  # the rules that read it have told of it by then
            capacity = views.capacity
        judging = Judging(class_, on, self.shown)
        return Verdict(name, snapshot, tuple(judged), judging, source, tuple(unread), capacity=capacity)


def load(own: Path | None) -> Pack:
    """The rules in `own` where it holds any; else the bundled ones, set as `config/` in `own` says.

    What rules print, now or when they judge, goes to stderr: standard output may belong to a document.
    """
    bundled = Path(str(_package().__path__[0]))
    folder, overrides, shown = bundled, None, "the bundled pack"
    if own is not None and holds_rules(own):
        folder, shown = own, f"{own.name}/"
    elif own is not None and (own / "config").is_dir():
        overrides, shown = own / "config", f"the bundled pack, set by {own.name}/config/"
    with contextlib.redirect_stdout(sys.stderr):
        catalog = importlib.import_module(f"{NAME}.catalog")
        return Pack(tuple(catalog.load(folder, overrides)), shown)


def around(folder: Path) -> Pack:
    """The rules of the project that `folder` lies in, the bundled ones where it lies in none."""
    try:
        own = project.find(folder).policies
    except BadInput:
        own = None
    return load(own)


def holds_rules(folder: Path) -> bool:
    """Whether a folder is a hedgerow pack: a rule is `<area>/<rule>.py` beside `<area>/<rule>.yaml`."""
    return any(path.with_suffix(".py").is_file() for path in folder.glob("*/*.yaml"))


def _package() -> ModuleType:
    if NAME in sys.modules or importlib.util.find_spec(NAME):
        return importlib.import_module(NAME)
    folder = Path(__file__).parents[2] / "policies"
    spec = importlib.util.spec_from_file_location(
        NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"hedgerow was installed without its rules: {folder} is not there")
    sys.modules[NAME] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[NAME])
    return sys.modules[NAME]
