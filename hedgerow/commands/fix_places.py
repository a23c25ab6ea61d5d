"""Where the parts of a fix stand: lines of manifests, and of the files that tenants are written in."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..facts import yaml_text
from ..facts.problem import BadInput
from ..facts.yaml_text import Document
from ..graph import MISSING, Views, read
from ..graph.reach.asked import Ask
from ..graph.reach.edits import Edit
from ..graph.reach.fix import Fix

if TYPE_CHECKING:
    from ..engine.project import Project

TENANTS, CLASSES = "tenants", "environments"


class Places:
    """Reads the files that a snapshot was made of, each once; what is not there is left as it is."""

    def __init__(self, what: str, views: Views) -> None:
        self._views, self._folder = views, Path(what)
        self._read: dict[Path, list[Document]] = {}

    def of(self, found: Fix) -> Fix:
        """A fix whose edits and lines say where they stand."""
        lost = tuple(each._replace(ask=self._ask(each.ask)) for each in found.lost)
        edits, asks = tuple(map(self._edit, found.edits)), tuple(map(self._ask, found.asks))
        return replace(found, edits=edits, asks=asks, lost=lost)

    def _edit(self, edit: Edit) -> Edit:
        file, _, line = edit.origin.rpartition(":")
        path = self._folder if self._folder.is_file() else self._folder / file
        if not file or not line.isdecimal():
            return edit
        for document in self._documents(path):
            for above in _objects(document):
                if document.line_of(*above) == int(line) or (not above and document.line == int(line)):
                    return replace(edit, origin=f"{file}:{document.line_of(*above, *edit.field)}")
        return edit

    def _ask(self, ask: Ask) -> Ask:
        found = self._project()
        if found is None or not ask.line:
            return ask
        path = found.program / TENANTS / f"{ask.tenant}.yaml"
        for document in self._documents(path):
            above = (CLASSES, self._views.environment)
            # A class wins over what holds in all of them, field by field: of the tenant, or of one of its workloads.
            field = ask.line[:1] if len(ask.line) < 3 or ask.line[0] != "workloads" else ask.line[:3]
            here = () if read(document.value, *above, *field) is MISSING else above
            if read(document.value, *here, *ask.line) is not MISSING:
                where = f"{found.shown(path)}:{document.line_of(*here, *ask.line)}"
                return replace(ask, origin=where, line=(*here, *ask.line))
        return ask

    def _project(self) -> "Project | None":
        """The project around the working directory, where it is the one that the snapshot is of."""
        from ..engine import project

        try:
            found = project.find(Path.cwd())
        except BadInput:
            return None
        return found if found.name == self._views.snapshot.project else None

    def _documents(self, path: Path) -> list[Document]:
        if path not in self._read:
            try:
                self._read[path] = yaml_text.parse(yaml_text.read_text(path), str(path)) if path.is_file() else []
            except BadInput:
                self._read[path] = []
        return self._read[path]


def _objects(document: Document) -> list[tuple[str | int, ...]]:
    """Where the objects of a document stand: the whole of it, or the items of a list."""
    items = read(document.value, "items")
    return [("items", at) for at in range(len(items))] if isinstance(items, list) else [()]
