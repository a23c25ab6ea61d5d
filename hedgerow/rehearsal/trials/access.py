"""Who may do what: each kind of user against the verbs that matter, asked of the server and tried for real."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from ..client import JSON, MERGE, Answer, User
from ..fence import BOUND, EVERYBODY, OWNER, STRANGER, VIEWER, Fence, Subject
from ..objects import Manifest
from . import scaling
from .space import MADE, Space
from .trial import Trial

REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
RBAC = "rbac.authorization.k8s.io"
NETWORK = "networking.k8s.io"
LOOK = ("get", "list", "watch")
CHANGE = ("create", "update", "patch", "delete", "deletecollection")

Deed = tuple[str, str, str]
"""A verb, an API group, and a resource with its subresource."""

_RUN = (
    ("", "pods"), ("", "services"), ("", "configmaps"), ("", "persistentvolumeclaims"), ("", "serviceaccounts"),
    ("apps", "deployments"), ("apps", "statefulsets"), ("apps", "daemonsets"), ("batch", "jobs"), ("batch", "cronjobs"),
    ("autoscaling", "horizontalpodautoscalers"), (NETWORK, "ingresses"), ("policy", "poddisruptionbudgets"),
)  # fmt: skip
_SCALE = (("apps", "deployments/scale"), ("apps", "statefulsets/scale"))
_FENCES = (
    ("", "resourcequotas"),
    ("", "limitranges"),
    (NETWORK, "networkpolicies"),
    (RBAC, "roles"),
    (RBAC, "rolebindings"),
)
_RIGHTS: tuple[Deed, ...] = (
    *product(("bind", "escalate"), (RBAC,), ("roles", "clusterroles")),
    *product(("impersonate",), ("",), ("users", "groups", "serviceaccounts")),
    *product(("create", "update"), (RBAC,), ("clusterroles", "clusterrolebindings")),
    ("create", "", "serviceaccounts/token"),
    ("create", "certificates.k8s.io", "certificatesigningrequests"),
    ("update", "certificates.k8s.io", "certificatesigningrequests/approval"),
)
_CLUSTER: tuple[Deed, ...] = (
    *product(("get", "create"), ("",), ("nodes/proxy", "services/proxy", "pods/proxy")),
    *product(("create", "delete"), ("",), ("nodes", "persistentvolumes", "namespaces")),
    ("create", "", "pods/binding"),
    ("create", "admissionregistration.k8s.io", "validatingwebhookconfigurations"),
    ("create", "apiextensions.k8s.io", "customresourcedefinitions"),
    ("create", "scheduling.k8s.io", "priorityclasses"),
)


def _deeds(verbs: Sequence[str], resources: Sequence[tuple[str, str]]) -> tuple[Deed, ...]:
    return tuple((verb, *resource) for verb in verbs for resource in resources)


@dataclass(frozen=True)
class Area:
    """Deeds that go together, and which roles may do them by what the settings mean."""

    what: str
    allowed: tuple[str, ...]
    deeds: tuple[Deed, ...]

    def expected(self, role: str) -> bool | None:
        """Whether a role may; None where no settings say it, because the stack binds somebody by a role of its own."""
        return None if role == BOUND else role in self.allowed


ATTACKS: tuple[tuple[str, str, str, dict[str, object]], ...] = (
    ("NetworkPolicy", f"/apis/{NETWORK}/v1/networkpolicies", "DELETE", {}),
    ("ResourceQuota", "/api/v1/resourcequotas", "PATCH", {"spec": {"hard": {"pods": "1M"}}}),
    ("LimitRange", "/api/v1/limitranges", "DELETE", {}),
)

AREAS = (
    Area("run workloads", (OWNER,), (*_deeds(CHANGE, _RUN), *_deeds(("update", "patch"), _SCALE))),
    Area("look at workloads", (OWNER, VIEWER), (*_deeds(LOOK, _RUN), ("get", "", "pods/log"), ("list", "", "events"))),
    Area("look at the fences", (OWNER, VIEWER), (*_deeds(("get", "list"), _FENCES), ("get", "", "namespaces"))),
    Area("read and write secrets", (OWNER,), _deeds((*LOOK, *CHANGE), [("", "secrets")])),
    Area(
        "open a shell or a port",
        (OWNER,),
        _deeds(("get", "create"), [("", "pods/exec"), ("", "pods/attach"), ("", "pods/portforward")]),
    ),
    Area(
        "change the fences, the namespace, its labels",
        (),
        (
            *_deeds(CHANGE, _FENCES),
            *_deeds(("update", "patch", "delete"), [("", "namespaces")]),
            *_deeds(("update", "patch"), [("", "resourcequotas/status"), ("", "namespaces/finalize")]),
        ),
    ),
    Area("gain rights", (), _RIGHTS),
    Area("reach into the cluster", (), _CLUSTER),
)


@dataclass(frozen=True)
class Person:
    """Somebody that is tried: as whom the server sees them, and what the settings make of them here."""

    label: str
    user: User
    role: str


def people(fence: Fence, others: Sequence[Fence]) -> list[Person]:
    """One of each kind: owner, viewer, the owner of another tenant, and nobody in particular."""
    found = [
        _person(f"{role} ({subject})", subject, fence)
        for role in (OWNER, VIEWER, BOUND)
        if (subject := fence.first(role))
    ]
    for other in others:
        subject = other.first(OWNER)
        if subject and other.name != fence.name and fence.role(subject) == STRANGER:
            found.append(_person(f"owner of {other.name} ({subject})", subject, fence))
            break
    return [*found, Person("somebody with an account", User("rehearsal-nobody"), fence.role(EVERYBODY))]


def trials(fence: Fence, space: Space, others: Sequence[Fence], objects: Sequence[Manifest]) -> Iterator[Trial]:
    """Every person against every area, then against the very objects of the fence."""
    made = scaling.deployment(space, {}, {})
    for person in people(fence, others):
        for area in AREAS:
            yield _reviewed(fence, space, person, area)
        if person.role != BOUND:
            yield from _tried(fence, space, person, objects)
            if made.ok:
                answer = scaling.scale(space, made.body["metadata"]["name"], 1, user=person.user, dry_run=True)
                yield _line(fence, person, "scale a Deployment, for real", answer, should=person.role == OWNER)
    space.client.delete(f"{space.path(scaling.DEPLOYMENTS)}?labelSelector={MADE}")


def _person(label: str, subject: Subject, fence: Fence) -> Person:
    user = User(subject.name) if subject.kind == "user" else User("rehearsal-person", (subject.name,))
    return Person(label, user, fence.role(subject))


def _reviewed(fence: Fence, space: Space, person: Person, area: Area) -> Trial:
    """One line for an area: the server is asked of each deed whether it would be let through."""
    answers = space.client.each(lambda deed: _ask(space, person.user, deed), area.deeds)
    allowed = [deed for deed, answer in zip(area.deeds, answers, strict=True) if _said(answer).get("allowed")]
    failed = [answer for answer in answers if not answer.ok]
    count, should = len(area.deeds), area.expected(person.role)
    wrong = [deed for deed in area.deeds if (deed in allowed) != should] if should is not None else []
    expected = {True: "allowed", False: "refused", None: "as its binding says"}[should]
    happened = f"{len(allowed)} of {count} {'ALLOWED' if allowed and should is False else 'allowed'}"
    if should is None and allowed and not area.allowed:
        happened += f": {', '.join(map(_words, allowed))}"
    if wrong:
        happened += f"; not as expected: {', '.join(map(_words, wrong))}"
    said = next((str(_said(answer).get("reason", "")) for answer in answers if _said(answer).get("reason")), "")
    message = failed[0].message if failed else said
    return Trial(fence.name, f"{person.label}: {area.what}", expected, happened, not wrong and not failed, message)


def _ask(space: Space, user: User, deed: Deed) -> Answer:
    verb, group, of = deed
    resource, _, sub = of.partition("/")
    asked = {"namespace": space.name, "verb": verb, "group": group, "resource": resource, "subresource": sub}
    if resource == "namespaces" and verb != "create":
        asked["name"] = space.name
    body = {"spec": {"user": user.name, "groups": [*user.groups, "system:authenticated"], "resourceAttributes": asked}}
    return space.client.create(REVIEWS, body)


def _said(answer: Answer) -> Mapping[str, object]:
    found = answer.body.get("status")
    return found if isinstance(found, Mapping) else {}


def _tried(fence: Fence, space: Space, person: Person, objects: Sequence[Manifest]) -> Iterator[Trial]:
    """Real requests, as dry runs: they go as far as a true one, and change nothing should they be let through."""
    for what, method, path, body in _attacks(fence, space, objects):
        if method == "DELETE":
            answer = space.client.delete(path, user=person.user, dry_run=True)
        else:
            form = MERGE if method == "PATCH" else JSON
            answer = space.client.send(method, f"{path}?dryRun=All", body, user=person.user, form=form)
        yield _line(fence, person, f"{what}, for real", answer, should=False)
    for plural, roles in (("secrets", (OWNER,)), ("pods", (OWNER, VIEWER))):
        answer = space.client.get(space.path(f"/api/v1/{plural}"), user=person.user)
        yield _line(fence, person, f"list {plural}, for real", answer, should=person.role in roles)


def _attacks(
    fence: Fence, space: Space, objects: Sequence[Manifest]
) -> Iterator[tuple[str, str, str, dict[str, object]]]:
    """What nobody but the platform may do to the objects of a fence."""
    own = [manifest for manifest in objects if manifest.namespace == fence.name]
    for kind, collection, method, body in ATTACKS:
        name = next((manifest.name for manifest in own if manifest.kind == kind), "")
        if name:
            verb = "change" if method == "PATCH" else "delete"
            yield f"{verb} {kind} {name}", method, f"{space.path(collection)}/{name}", body
    label: dict[str, object] = {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}}
    yield "let the namespace be privileged", "PATCH", f"/api/v1/namespaces/{fence.name}", label
    path = space.path(f"/apis/{RBAC}/v1/rolebindings")
    subject = {"kind": "Group", "apiGroup": RBAC, "name": "system:authenticated"}
    role = {"apiGroup": RBAC, "kind": "ClusterRole", "name": "cluster-admin"}
    binding: dict[str, object] = {"metadata": {"name": "rehearsal"}, "roleRef": role, "subjects": [subject]}
    yield "make everybody cluster-admin", "POST", path, binding


def _line(fence: Fence, person: Person, what: str, answer: Answer, *, should: bool) -> Trial:
    refused = answer.code == 403
    happened = "refused" if refused else "allowed" if answer.ok and should else "ALLOWED" if answer.ok else "failed"
    holds = answer.ok if should else refused
    expected = "allowed" if should else "refused"
    return Trial(fence.name, f"{person.label}: {what}", expected, happened, holds, answer.message)


def _words(deed: Deed) -> str:
    verb, group, of = deed
    return f"{verb} {of}{f'.{group}' if group else ''}"
