"""Rules that the cluster itself keeps: the `admission` blocks of `policies/`, read as data, as strict as the class."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pulumi

from components.k8s import Admission
from components.k8s.admission import AdmissionPolicyArgs
from components.shared.platform import PlatformArgs
from hedgerow.facts import admission, yaml_text

POLICIES = Path(__file__).resolve().parents[1] / "policies"
ACTIONS = {"advisory": "Audit", "mandatory": "Deny"}
CONFIG = "config"


def install(contract: PlatformArgs, opts: pulumi.ResourceOptions) -> Admission:
    """Have the API server keep the rules that can be kept there, by policies that are this stack's own."""
    prefix = contract["label_prefix"]
    policies = read_policies(POLICIES, contract["environment"], prefix)
    return Admission("admission", {"label_prefix": prefix, "name": pulumi.get_stack(), "policies": policies}, opts)


def read_policies(folder: Path, environment: str, label_prefix: str) -> dict[str, AdmissionPolicyArgs]:
    """What the rules of a folder say for the API server of an environment, by rule; those that are off are left out.

    Exemptions are by URN, which an API server does not know: they hold at preview only.
    """
    path = folder / CONFIG / f"{environment}.yaml"
    changed = yaml_text.load(path).value.get("rules", {}) if path.is_file() else {}
    found = {}
    for rule, told in _told(folder):
        entry = changed.get(rule, {})
        action = ACTIONS.get(entry.get("level", told["levels"][environment]))
        if action:
            values = {**told.get("config", {}), **entry, admission.PREFIX: label_prefix}
            found[rule] = cast("AdmissionPolicyArgs", {"action": action, **admission.filled(told["admission"], values)})
    return found


def _told(folder: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The rules that have something to say, each with its yaml."""
    for path in sorted(folder.glob("*/*.yaml")):
        # Most have not: reading them all takes longer than building the stack.
        if path.parent.name != CONFIG and "\nadmission:" in (text := yaml_text.read_text(path)):
            yield f"{path.parent.name}-{path.stem.replace('_', '-')}", yaml_text.parse(text, str(path))[0].value
