"""The tables of replacements, made anew from folders with the sources of providers."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from .. import table
from . import kubernetes, types
from .package import Packages
from .terraform import EITHER, Reader

COLUMNS = ("input", "effect")


class Untold(Exception):
    """The folders say nothing of the types that it is given."""


def replacements(package: str, folders: Sequence[Path], source: str, today: date) -> str:
    """The table of the types of `aws`, `gcp` or `kubernetes`, as text; raises Untold where a type is not told of."""
    packages = Packages(folders)
    if package == "kubernetes":
        found = kubernetes.effects(packages)
        missing = [] if found else [f"{kubernetes.TABLE} of package {kubernetes.PACKAGE}"]
    else:
        told = {type_: _effects(packages, type_, *place) for type_, place in types.OF[package].items()}
        missing = [type_ for type_, effects in told.items() if not effects]
        found = {f"{type_} {path}": effect for type_, effects in told.items() for path, effect in effects.items()}
    if missing:
        raise Untold(*missing)
    return table.text(f"{source}, read {today}", COLUMNS, found.items())


def _effects(packages: Packages, type_: str, package: str, made_by: str) -> Mapping[str, str]:
    reader = Reader(packages, types.NAMES.get(type_, {}))
    found = reader.effects(package, made_by) if "(" in made_by else reader.of_method(package, made_by)
    if not found:
        return {}
    regional = {"region": EITHER} if type_.startswith("aws:") and package not in types.GLOBAL else {}
    return {**found, **regional, **types.IN_CODE.get(type_, {})}
