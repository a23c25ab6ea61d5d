"""A snapshot of an example in a rule's yaml, and whether a rule finds in its examples what they say."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..judgement import Finding, Rule
from ..snapshot import Resource, Snapshot
from ..value import SECRET, UNKNOWN
from ..views import Views

MARKS = {"<unknown>": UNKNOWN, "<secret>": SECRET}
"""What an example writes for a value that is not known, or secret."""
ID = re.compile(r"<id of ([\w.-]+)>")
"""What it writes for the id of another resource of it, which is not known before that is made."""


def snapshot(example: Mapping[str, Any]) -> Snapshot:
    """The objects and resources of an example, as manifests and as a program would have them."""
    objects = [_object(manifest) for manifest in example.get("objects", [])]
    resources = example.get("resources", [])
    urns = {given["name"]: _urn(given["type"], given["name"]) for given in resources}
    return Snapshot.of("example", "", [*objects, *(_resource(given, urns) for given in resources)])


def marked(value: Any) -> Any:
    """The value with the marks that its texts stand for."""
    if isinstance(value, Mapping):
        return {key: marked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [marked(item) for item in value]
    if isinstance(value, str):
        return UNKNOWN if ID.fullmatch(value) else MARKS.get(value, value)
    return value


def links(inputs: Mapping[str, Any]) -> dict[str, list[str]]:
    """Names of the resources whose ids stand in each input."""
    found = {key: ID.findall(str(value)) for key, value in inputs.items()}
    return {key: names for key, names in found.items() if names}


def failures(rule: Rule, take: Callable[[Mapping[str, Any]], Snapshot | None] = snapshot) -> Iterator[str]:
    """What is wrong with a rule by its own examples, one line each.

    `take` makes a snapshot of an example, or gives None for one that it cannot make.
    """
    for case, examples in rule.examples.items():
        for example in examples:
            taken = take(example)
            for wrong in () if taken is None else _wrong(case, example, findings(rule, example, taken)):
                yield f"{rule.id}, {case}, «{example['title']}»: {wrong}"


def findings(rule: Rule, example: Mapping[str, Any], taken: Snapshot) -> list[Finding]:
    """What a rule finds in an example, by its own configuration and that of the example."""
    return list(rule.check(Views(taken), {**rule.config, **example.get("config", {})}))


def _wrong(case: str, example: Mapping[str, Any], found: list[Finding]) -> Iterator[str]:
    certain = sorted({finding.about.urn.rpartition("::")[2] for finding in found if finding.certain})
    wanted = sorted(example.get("finds", []))
    unsure = [finding for finding in found if not finding.certain]
    if certain != wanted:
        yield f"finds {certain}, and should find {wanted}"
    if case == "unknown" and not unsure:
        yield "does not say what it cannot judge"
    if case != "unknown" and unsure:
        yield f"cannot judge it: {unsure[0].message}"


def place(manifest: Mapping[str, Any]) -> str:
    """What an example's `finds` calls an object: `namespace/name`, or its name where it gives no namespace."""
    metadata = manifest["metadata"]
    return "/".join(str(metadata[key]) for key in ("namespace", "name") if key in metadata)


def _object(manifest: Mapping[str, Any]) -> Resource:
    version, kind = manifest["apiVersion"], manifest["kind"]
    return _made(f"kubernetes:{version if '/' in version else f'core/{version}'}:{kind}", place(manifest), manifest)


def _resource(given: Mapping[str, Any], urns: Mapping[str, str]) -> Resource:
    inputs = given.get("inputs", {})
    linked = {key: tuple(urns[name] for name in names) for key, names in links(inputs).items()}
    return replace(_made(given["type"], given["name"], inputs), property_dependencies=linked)


def _urn(kind: str, name: str) -> str:
    return f"example::{kind}::{name}"


def _made(kind: str, name: str, given: Any) -> Resource:
    inputs, component = marked(given), ":index:" in kind
    return Resource(_urn(kind, name), kind, name, custom=not component, inputs=inputs, outputs=inputs)
