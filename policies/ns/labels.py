"""Every namespace says by labels whose it is, and has a name that somebody chose."""

import re
from collections.abc import Iterator

from hedgerow.facts import labels
from hedgerow.graph import MISSING, Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.views import CLASSES, Namespace

from ..words import hidden, unjudged


def check(views: Views, config: Config) -> Iterator[Finding]:
    for namespace in views.namespaces:
        yield from _name(namespace, config["pattern"])
        for key in config["required"]:
            yield from _label(namespace, f"{views.label_prefix}/{key}")
        yield from _environment(namespace, labels.environment(views.label_prefix))
        yield from _owners(namespace, [f"{views.label_prefix}/{key}" for key in config["owners"]])


def _name(namespace: Namespace, pattern: str) -> Iterator[Finding]:
    if namespace.auto_named:
        yield Finding(namespace, f"{namespace} has a name that the provider chooses; give it metadata.name")
    elif not isinstance(namespace.name, str):
        yield unjudged(namespace, "its name", namespace.name)
    elif not re.fullmatch(pattern, namespace.name):
        yield Finding(namespace, f"{namespace} has a name outside the pattern; name it to match {pattern}")


def _label(namespace: Namespace, key: str) -> Iterator[Finding]:
    value = namespace.label(key)
    if hidden(value) is not None:
        yield unjudged(namespace, f"label {key}", value)
    elif value is MISSING or value == "":
        yield Finding(namespace, f"{namespace} has no label {key}; add it")


def _environment(namespace: Namespace, key: str) -> Iterator[Finding]:
    value = namespace.label(key)
    if isinstance(value, str) and value and value not in CLASSES:
        told = f"{namespace} has label {key} {value!r}, which is no class; write one of {', '.join(CLASSES)}"
        yield Finding(namespace, told)


def _owners(namespace: Namespace, keys: list[str]) -> Iterator[Finding]:
    given = [read(key) for key in keys for read in (namespace.annotation, namespace.label)]
    if any(isinstance(value, str) and value for value in given):
        return
    if hidden(given) is not None:
        yield unjudged(namespace, f"annotation {keys[0]}", given)
    else:
        yield Finding(namespace, f"{namespace} names no owner; add the annotation {keys[0]}")
