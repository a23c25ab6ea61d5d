"""The settings of a stack, read once: from its Pulumi configuration, the files of its tenants and its lock.

Nothing after this reads configuration or environment. All that is wrong stands in one report, with file and line.
"""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pulumi
from pulumi.runtime import is_config_secret
from pydantic import Field

from components.shared.presets import CLASSES
from hedgerow.facts import labels
from hedgerow.facts.problem import BadInput, Problem
from stacks.blocks import model
from stacks.images import read_images
from stacks.places import Place, open_file
from stacks.reading import Fault, read

if TYPE_CHECKING:
    from components.aws import AwsPlatformArgs
    from components.gcp import GcpPlatformArgs
    from stacks.existing import ExistingSettings
    from stacks.fences import Fence
    from stacks.workloads import Loads

NAMESPACE = "hedgerow"
CLOUDS = ("aws", "gcp")
PLATFORMS = (*CLOUDS, "platform")
KEYS = ("environment", *PLATFORMS, "tenants")
DEFAULT_CLASS = "prod"
EXAMPLE = "{class: dev, label_prefix: platform.example.com}"

ENVIRONMENT = model(
    "Environment",
    {
        "class": (
            Literal[CLASSES],
            Field(None, description="Class: chooses presets and how strictly rules judge. Default: `prod`."),
        ),
        "label_prefix": (str, Field(description="Prefix of hedgerow's own labels, a DNS name of yours.")),
    },
)
TENANTS = model(
    "Tenants",
    {"tenants": (list[str], Field(description="Tenants of this stack; each has a file in tenants/."))},
)


@dataclass(frozen=True)
class Settings:
    """What a stack builds: checked, and complete. Of `aws`, `gcp` and `platform` at most one is not None."""

    stack: str
    environment: str
    label_prefix: str
    aws: "AwsPlatformArgs | None" = None
    gcp: "GcpPlatformArgs | None" = None
    platform: "ExistingSettings | None" = None
    tenants: "Mapping[str, Fence]" = field(default_factory=dict)
    workloads: "Mapping[str, Loads]" = field(default_factory=dict)


class SettingsError(pulumi.RunError):
    """Settings that cannot be used: every problem at once, shown by `pulumi up` without a traceback."""

    exit_code = 2

    def __init__(self, stack: str, problems: list[Problem]) -> None:
        unique = list({str(problem): problem for problem in problems}.values())
        count = "1 problem" if len(unique) == 1 else f"{len(unique)} problems"
        report = BadInput(unique, f"The settings of stack {stack!r} have {count}:")
        self.problems = tuple(report.problems)
        super().__init__(str(report))


def load(folder: Path) -> Settings:
    """The settings of the stack that Pulumi runs, whose files lie in `folder`; SettingsError with every problem."""
    config = pulumi.Config(NAMESPACE)
    secret = frozenset(key for key in KEYS if is_config_secret(f"{NAMESPACE}:{key}"))
    given = {key: text for key in KEYS if key not in secret and (text := config.get(key)) is not None}
    return read_settings(pulumi.get_stack(), given, folder, secret)


def read_settings(
    stack: str, config: Mapping[str, str], folder: Path, secret: frozenset[str] = frozenset()
) -> Settings:
    """Settings of a stack from its configuration (text by key, JSON for objects) and the files in `folder`.

    Pulumi has read the stack file already: here it only tells on which line a key stands, and which keys nobody reads.
    """
    problems: list[Problem] = []
    source = _Source(stack, folder, _stack_file(stack, folder, config, problems), problems)
    given = {key: _decoded(text) for key, text in config.items()}
    _check_keys(source, given, secret)
    environment, label_prefix = _environment(source, given)
    blocks = [block for block in PLATFORMS if block in given]
    # Of two blocks nobody knows which one the lock and the rest are for: only that there are two is told.
    args = {blocks[0]: _platform(source, blocks[0], given, environment, label_prefix)} if len(blocks) == 1 else {}
    tenants, workloads = _tenants(source, given, environment) if "tenants" in given else ({}, {})
    if problems:
        raise SettingsError(stack, problems)
    return Settings(stack, environment or DEFAULT_CLASS, label_prefix, **args, tenants=tenants, workloads=workloads)


@dataclass(frozen=True)
class _Source:
    """Where the settings of a stack come from, and the problems found so far."""

    stack: str
    folder: Path
    file: Place
    problems: list[Problem]

    def at(self, key: str) -> Place:
        """The place of a configuration key in the stack file, with or without its namespace."""
        full = f"{NAMESPACE}:{key}"
        there = _config(self.file)
        return Place(self.file.file, self.file.document, ("config", key if key in there else full), full)

    def report(self, place: Place, *faults: Fault) -> None:
        self.problems.extend(place.problem(fault) for fault in faults)


def _stack_file(stack: str, folder: Path, config: Mapping[str, str], problems: list[Problem]) -> Place:
    paths = [folder / f"Pulumi.{stack}.{suffix}" for suffix in ("yaml", "yml")]
    for path in paths:
        if path.is_file():
            return open_file(path, problems)
    place = Place(f"{folder.name}/{paths[0].name}")
    # Pulumi takes the configuration from elsewhere where it is told to: --config-file.
    if not config:
        there = sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in folder.glob("Pulumi.*.yaml"))
        fix = f"write it, or take one of the stacks there are: {', '.join(there) or 'none yet'}"
        problems.append(place.problem(Fault((), "is not there", fix=fix)))
    return place


def _config(file: Place) -> Mapping[object, object]:
    config = file.document.value.get("config") if file.document else None
    return config if isinstance(config, dict) else {}


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _check_keys(source: _Source, given: Mapping[str, object], secret: frozenset[str]) -> None:
    """Report keys that nobody reads, encrypted blocks, and blocks that are missing."""
    for key in sorted(secret):
        fix = "nothing in it is a secret: type it in plain"
        source.report(source.at(key), Fault((), "must not be encrypted", fix=fix))
    there = given.keys() | secret | _report_unknown(source, given)
    if source.problems and not given:
        return
    if "environment" not in there:
        source.report(source.at("environment"), Fault((), "is missing", fix=f"type {NAMESPACE}:environment: {EXAMPLE}"))
    _check_platforms(source, there)


def _check_platforms(source: _Source, there: set[str]) -> None:
    """Report more than one platform, tenants without any, and a stack that builds nothing."""
    *some, last = (f"{NAMESPACE}:{platform}" for platform in PLATFORMS)
    platforms = f"{', '.join(some)} or {last}"
    given = [platform for platform in PLATFORMS if platform in there]
    if not given and "tenants" in there:
        fix = f"type {platforms} with the platform that they run on"
        source.report(source.at("tenants"), Fault((), "has no platform", fix=fix))
    elif not given:
        fix = f"type {platforms}, and {NAMESPACE}:tenants"
        source.report(source.file, Fault(("config",), "builds nothing", fix=fix))
    elif given == ["platform"] and "tenants" not in there:
        fix = f"type {NAMESPACE}:tenants: [payments, search], those that are to be fenced on it"
        source.report(source.at("platform"), Fault((), "has no tenants", fix=fix))
    for other in given[1:]:
        fix = "delete one of them, or write a stack for each"
        source.report(source.at(other), Fault((), f"must not be given beside {NAMESPACE}:{given[0]}", fix=fix))


def _report_unknown(source: _Source, given: Mapping[str, object]) -> set[str]:
    """Report keys that nobody reads; gives the keys that were meant by those misspelt."""
    known = {f"{NAMESPACE}:{key}": key for key in KEYS}
    written = {_full(key): key for key in (*given, *map(str, _config(source.file)))}
    meant = set()
    for full in sorted(written.keys() - known.keys()):
        near = difflib.get_close_matches(full, known, n=1, cutoff=0.8)
        if near or full.startswith(f"{NAMESPACE}:"):
            fix = f"did you mean {near[0]}?" if near else f"type one of {', '.join(known)}"
            place = Place(source.file.file, source.file.document, ("config", written[full]), full)
            source.report(place, Fault((), "is not known", fix=fix))
            meant |= {known[key] for key in near}
    return meant


def _full(key: str) -> str:
    """A key with its namespace, which Pulumi adds where it is left out."""
    return key if ":" in key else f"{NAMESPACE}:{key}"


def _environment(source: _Source, given: Mapping[str, object]) -> tuple[str | None, str]:
    """Class and label prefix; nothing for what is none."""
    place = source.at("environment")
    reading = read(ENVIRONMENT, given.get("environment", {}))
    if "environment" in given:
        source.report(place, *reading.faults)
    prefix = reading.value.get("label_prefix", "")
    if "label_prefix" in reading.value and (problem := labels.name_with_dots_problem(prefix)):
        fix = "type a DNS name of yours, such as platform.example.com"
        source.report(place, Fault(("label_prefix",), problem, prefix, fix))
        prefix = ""
    known = "environment" in given and not any(fault.path in ((), ("class",)) for fault in reading.faults)
    return reading.value.get("class", DEFAULT_CLASS) if known else None, prefix


def _platform(
    source: _Source, cloud: str, given: Mapping[str, object], environment: str | None, label_prefix: str
) -> Any:
    """Args of the platform; only the SDK of its own cloud is loaded."""
    class_ = environment or DEFAULT_CLASS
    if cloud not in CLOUDS:
        from stacks.existing import read_existing

        return read_existing(source.stack, given[cloud], source.at(cloud), class_, label_prefix, source.problems)
    from stacks.platforms import read_platform

    return read_platform(
        import_module(f"stacks.{cloud}").CLOUD,
        source.stack,
        given[cloud],
        source.at(cloud),
        _lock(source, cloud),
        class_,
        label_prefix,
        source.problems,
    )


def _lock(source: _Source, cloud: str) -> Place:
    path = source.folder / f"{source.stack}.lock.yaml"
    if path.is_file():
        return open_file(path, source.problems)
    same = [other for other in source.folder.glob("*.lock.yaml") if _is_of(cloud, other)]
    others = sorted(f"{source.folder.name}/{other.name}" for other in same)
    fix = f"write the versions it runs, as in {others[0]}" if others else "write the versions it runs"
    place = Place(f"{source.folder.name}/{path.name}")
    source.report(place, Fault((), "is not there", fix=fix))
    return place


def _is_of(cloud: str, lock: Path) -> bool:
    """Whether the stack that a lock belongs to is of a cloud, as far as its file tells at a glance."""
    stack = lock.with_name(f"Pulumi.{lock.name.removesuffix('.lock.yaml')}.yaml")
    return stack.is_file() and f"{NAMESPACE}:{cloud}".encode() in stack.read_bytes()


def _tenants(
    source: _Source, given: Mapping[str, object], environment: str | None
) -> "tuple[Mapping[str, Fence], Mapping[str, Loads]]":
    """What tenants may do and use, and what they run; their images are those of the stack's lock."""
    from stacks.fences import read_fences

    alone = "platform" in given and not any(cloud in given for cloud in CLOUDS)
    path = source.folder / f"{source.stack}.lock.yaml"
    lock = open_file(path, source.problems) if path.is_file() else Place(f"{source.folder.name}/{path.name}")
    images = read_images(lock, source.problems, alone=alone and not (path.is_file() and lock.document is None))
    folder, at = source.folder / "tenants", source.at("tenants")
    return read_fences(given["tenants"], at, folder, environment, images, source.problems)
