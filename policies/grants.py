"""What the configuration of a class grants beyond a rule: workloads that the internet may reach, by name."""

from typing import Any

from hedgerow.graph import UNKNOWN, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.views import NetworkPolicy

from .words import hidden

NAME = "app.kubernetes.io/name"
"""Label that a granted policy must choose its pods by, and by nothing else: one that chooses more opens more."""


def workload(policy: NetworkPolicy) -> Any:
    """`namespace/workload` where a policy is for the pods of one alone, else ``; UNKNOWN where that cannot be told."""
    selector = policy.pod_selector
    if hidden([policy.namespace, selector]) is not None:
        return UNKNOWN
    chosen = selector.get("matchLabels")
    alone = isinstance(chosen, dict) and list(chosen) == [NAME] and not selector.get("matchExpressions")
    return f"{policy.namespace}/{chosen[NAME]}" if alone and chosen[NAME] else ""


def granted(name: Any, config: Config) -> Any:
    """Whether the internet may reach a workload; UNKNOWN where its name is, and some may be reached."""
    if isinstance(name, str):
        return name in config["public"]
    return UNKNOWN if config["public"] else False


def line(views: Views, rule: str, config: Config, name: str) -> str:
    """What would grant it, as it stands in the file then."""
    names = ", ".join(sorted({*config["public"], name}))
    return f"write {rule}: {{public: [{names}]}} in policies/config/{views.environment}.yaml"
