"""Rules applied to a snapshot: each finds what is wrong, none can silence another."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, Protocol

from .snapshot import Snapshot
from .views import Views

LEVELS = ("off", "advisory", "mandatory")
Config = Mapping[str, Any]


class HasUrn(Protocol):
    """Whatever a finding can be about."""

    @property
    def urn(self) -> str: ...


@dataclass(frozen=True)
class Finding:
    """What a rule says of one object: `<kind> '<name>' <state>; <what to do>`, and the witness that shows it.

    `certain=False`: the rule could not judge, because a value is unknown or secret; such a finding never denies
    unless the policy configuration says `on_unknown: mandatory`.
    """

    about: HasUrn
    message: str
    witness: str = ""
    remedy: str = ""
    certain: bool = True


@dataclass(frozen=True)
class Exemption:
    """A fault that somebody answers for, until a day: silences findings of one rule on matching URNs or names."""

    match: str
    owner: str
    reason: str
    expires: date

    def covers(self, urn: str) -> bool:
        """Whether the glob matches the whole URN or its last part, the name."""
        return fnmatchcase(urn, self.match) or fnmatchcase(urn.rpartition("::")[2], self.match)


@dataclass(frozen=True)
class Setting:
    """How a rule is applied in environments of one class."""

    level: str
    """`off`, `advisory` or `mandatory`."""
    config: Config = field(default_factory=dict)
    exemptions: Sequence[Exemption] = ()


@dataclass(frozen=True)
class Rule:
    """One rule: its check, what its yaml says of it, and its setting for each class of environment."""

    id: str
    title: str
    why: str
    remedy: str
    severity: str
    settings: Mapping[str, Setting]
    check: Callable[[Views, Config], Iterable[Finding]]
    config: Config = field(default_factory=dict)
    """Configuration where no class says otherwise: that of its yaml, by which its examples are judged."""
    schema: Mapping[str, Any] = field(default_factory=dict)
    """JSON Schema of the configuration."""
    references: Sequence[str] = ()
    judges: Sequence[str] = ()
    examples: Mapping[str, Any] = field(default_factory=dict)
    admission: Mapping[str, Any] = field(default_factory=dict)
    """What an API server refuses by it: `stacks/admission.py` reads it, `components/k8s/admission.py` installs it."""

    def setting(self, environment: str) -> Setting:
        """How it is applied in an environment of this class; as in prod, the strictest, where that is none."""
        return self.settings.get(environment) or self.settings["prod"]

    def level(self, environment: str) -> str:
        """Level in an environment of this class: `off`, `advisory` or `mandatory`."""
        return self.setting(environment).level


@dataclass(frozen=True, order=True)
class Judged:
    """A finding as it is reported: of which rule, at which level, about what."""

    rule: str
    urn: str
    message: str
    level: str
    severity: str
    witness: str = ""
    remedy: str = ""
    certain: bool = True
    exempt: str = ""
    """Who answers for it, why and until when, where it is exempt; then it denies nothing."""

    @property
    def denies(self) -> bool:
        return self.level == "mandatory" and not self.exempt


def judge(
    snapshot: Snapshot, rules: Iterable[Rule], *, today: date, environment: str = "", views: Views | None = None
) -> list[Judged]:
    """Every finding of every rule that is on, ordered by rule, URN and message, repeated ones left out.

    A rule that crashes is its own finding, at its own level, and the others still run. `environment` is the class to
    judge by where the snapshot's own shall not count, `views` those of the snapshot where somebody else reads them too.
    """
    views = Views(snapshot) if views is None else views
    if environment:
        views.environment = environment
    found: set[Judged] = set()
    for rule in rules:
        setting = rule.setting(views.environment)
        if setting.level != "off":
            found.update(_judged(rule, setting, views, today))
    return sorted(found)


def _judged(rule: Rule, setting: Setting, views: Views, today: date) -> Iterator[Judged]:
    for finding in _findings(rule, setting, views):
        covering = (item for item in setting.exemptions if item.covers(finding.about.urn))
        exemption = max(covering, key=lambda item: item.expires, default=None)
        exempt = expired = ""
        if exemption is not None:
            told = f"{exemption.owner} until {exemption.expires}: {exemption.reason}"
            exempt, expired = (told, "") if today <= exemption.expires else ("", f" (exemption of {told} has expired)")
        yield Judged(
            rule.id,
            finding.about.urn,
            finding.message + expired,
            setting.level if finding.certain or setting.config.get("on_unknown") == "mandatory" else "advisory",
            rule.severity,
            finding.witness,
            finding.remedy or rule.remedy,
            finding.certain,
            exempt,
        )


@dataclass(frozen=True)
class _Whole:
    urn: str


def _findings(rule: Rule, setting: Setting, views: Views) -> Iterator[Finding]:
    try:
        for finding in rule.check(views, setting.config):
            if not isinstance(finding, Finding) or not {type(finding.about.urn), type(finding.message)} == {str}:
                raise TypeError(f"{finding!r} is no Finding")
            yield finding
    except Exception as error:  # noqa: BLE001 (whatever a rule does wrong must not hide what the others find)
        stack = f"urn:pulumi:{views.snapshot.stack}::{views.snapshot.project}::pulumi:pulumi:Stack"
        name = f"{views.snapshot.project}-{views.snapshot.stack}"
        yield Finding(
            _Whole(f"{stack}::{name}"),
            f"rule {rule.id} crashed with {type(error).__name__}: {error}; it judged nothing further, mend the rule",
            remedy="Run its examples: pytest tests/policies",
        )
