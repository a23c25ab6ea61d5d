"""The tables of replacements, made anew from folders with the sources of providers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from pathlib import Path

from .. import table
from . import kubernetes, types
from .package import Packages, unread
from .terraform import EITHER, Reader

COLUMNS = ("input", "effect")


class Untold(Exception):
    """The folders say nothing of the types that it is given."""


def replacements(package: str, folders: Sequence[Path], source: str, today: date, known: Collection[str] = ()) -> str:
    """The table of the types of `aws`, `gcp` or `kubernetes`, as text; raises Untold where a type is not told of.

    `known`: the types of `kubernetes` that have to be told of; those of the others are known by `types`.
    """
    packages = Packages(folders)
    if package == "kubernetes":
        place = kubernetes.PACKAGE, kubernetes.TABLE
        found = _readable(packages, *place, lambda: kubernetes.effects(packages))
        missing = sorted({*known} - {each.partition(" ")[0] for each in found})
        missing = missing if found else [f"{kubernetes.TABLE} of package {kubernetes.PACKAGE}"]
    else:
        told = {type_: _effects(packages, type_, *place) for type_, place in types.OF[package].items()}
        missing = [type_ for type_, effects in told.items() if not effects]
        found = {f"{type_} {path}": effect for type_, effects in told.items() for path, effect in effects.items()}
    if missing:
        raise Untold(*missing)
    return table.text(f"{source}, read {today}", COLUMNS, found.items())


def _readable(packages: Packages, package: str, name: str, read: Callable[[], Mapping[str, str]]) -> Mapping[str, str]:
    """What `read` finds of a name; reports its file where that cannot be read, or put into a table."""
    try:
        found = read()
        table.text("", COLUMNS, found.items())
    except ValueError as error:
        raise unread(packages.file(package, name), name, error) from error
    except RecursionError as error:
        raise unread(packages.file(package, name), name, "it is in itself, or too deep") from error
    return found


def _effects(packages: Packages, type_: str, package: str, made_by: str) -> Mapping[str, str]:
    reader = Reader(packages, types.NAMES.get(type_, {}))
    name, called, _ = made_by.partition("(")
    if called:
        found = _readable(packages, package, name, lambda: reader.effects(package, made_by))
    else:
        found = _readable(packages, package, f"{made_by}.Schema", lambda: reader.of_method(package, made_by))
    if not found:
        return {}
    regional = {"region": EITHER} if type_.startswith("aws:") and package not in types.GLOBAL else {}
    return {**found, **regional, **types.IN_CODE.get(type_, {})}
