"""Versions of images: the file of a tenant names an image, the lock of a stack says which one of it runs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import Field

from hedgerow.facts.problem import Problem
from stacks.blocks import Block, model
from stacks.places import Place
from stacks.reading import Fault, read

TAG, DIGEST = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", r"sha256:[0-9a-f]{64}"
VERSION = re.compile(rf"{TAG}(@{DIGEST})?|{DIGEST}")
STAND_IN = "0"
EXAMPLE = "type it as 1.38.0@sha256:…"
KEY = "images"
FIELD = (
    dict[str, str],
    Field(None, description="Versions of images by name: a digest, a tag and its digest, or a tag. Default: none."),
)
LOCK = model("ImagesLock", {KEY: FIELD})
"""The lock of a stack that runs no platform of its own."""


def locked(name: str, versions: Block) -> Block:
    """The lock of a stack with a platform of its own: the versions of that, and of images."""
    return model(name, {KEY: FIELD}, base=versions)


def read_images(lock: Place, problems: list[Problem], *, alone: bool) -> "Images":
    """Versions of images in the lock of a stack; `alone` where it may hold no others, so that nobody else reads it."""
    if lock.document is None:
        return Images(lock.file, readable=alone)
    whole = lock.document.value
    reading = read(LOCK, whole if alone else {key: whole[key] for key in whole if key == KEY})
    versions: dict[str, str] = reading.value.get(KEY, {})
    wrong = [name for name, version in versions.items() if not VERSION.fullmatch(version)]
    faults = [Fault((KEY, name), "must be a tag, a digest or both", versions.pop(name), EXAMPLE) for name in wrong]
    problems.extend(lock.problem(fault) for fault in (*(reading.faults if alone else ()), *faults))
    return Images(lock.file, versions, readable=not (reading.faults or faults))


@dataclass(frozen=True)
class Images:
    """Versions of images by name, and the file that they stand in."""

    file: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    readable: bool = True

    def reference(self, image: str) -> str:
        """What a container runs: an image and its version; a stand-in where there is none."""
        name = without_version(image)
        version = self.versions.get(name, STAND_IN)
        return f"{name}@{version}" if version.startswith("sha256:") else f"{name}:{version}"

    def fault(self, image: str) -> Fault | None:
        """What is wrong with an image as a workload names it."""
        name = without_version(image)
        if name != image:
            return Fault((), "must be named without its version", image, f"type {name}, and its version in {self.file}")
        if image in self.versions or not self.readable:
            return None
        fix = f"type images: {{{image}: …}} there, with a digest, a tag, or both as 1.38.0@sha256:…"
        return Fault((), f"must have its version in {self.file}", image, fix)


def without_version(image: str) -> str:
    """An image's name less its tag and digest; a colon before a '/' is that of a port."""
    head, slash, tail = image.rpartition("/")
    return f"{head}{slash}{tail.partition('@')[0].partition(':')[0]}"
