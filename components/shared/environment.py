"""Checks of what every platform is told of its environment."""

import re

from hedgerow.facts import labels

from .inputs import Path, Wrong
from .presets import CLASSES

KUBERNETES = re.compile(r"1\.\d{1,2}")


def check_environment(wrong: Wrong, environment: str, label_prefix: str) -> None:
    """Report a class or label prefix that is none."""
    if environment not in CLASSES:
        wrong("environment", f"must be one of {', '.join(CLASSES)}", environment, "type one of them")
    if problem := labels.name_with_dots_problem(label_prefix):
        wrong("label_prefix", problem, label_prefix, "type a DNS name of yours such as platform.example.com")


def check_kubernetes(wrong: Wrong, version: str, at: Path = ("versions", "kubernetes")) -> bool:
    """Whether it is a minor version of Kubernetes; report what is none."""
    if KUBERNETES.fullmatch(version):
        return True
    wrong(at, "must be a minor version", version, "type one such as 1.35")
    return False
