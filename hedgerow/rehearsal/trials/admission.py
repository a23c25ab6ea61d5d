"""What the API server refuses by itself: each admission policy of the stack tried by something that it is against."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...graph import Snapshot
from ..client import ADMINISTRATOR, Answer, Client, User
from ..fence import Fence
from .space import HARDENED, IMAGE
from .trial import Trial

COMPONENT = ":Admission"
WHERE = "every namespace"
SCRATCH = "rehearsal-scratch"
GROUP = "/apis/admissionregistration.k8s.io/v1"
RBAC, NETWORK = "/apis/rbac.authorization.k8s.io/v1", "/apis/networking.k8s.io/v1"
SOMEBODY = User("rehearsal-administrator-of-a-namespace")
SECONDS_TO_END, SECONDS_TO_TAKE_EFFECT = 90.0, 20.0
POLICY = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@dataclass(frozen=True)
class Admission:
    """What a stack has the API server refuse: action and name of each policy by its rule, and the label prefix."""

    prefix: str
    actions: Mapping[str, str]
    names: Mapping[str, str]


def promised(snapshot: Snapshot) -> Admission | None:
    """What the Admission of a snapshot promises; None where it has none."""
    for resource in snapshot.resources:
        policies = resource.inputs.get("policies")
        if not resource.custom and resource.type.endswith(COMPONENT) and isinstance(policies, Mapping):
            actions = {str(rule): str(policy.get("action")) for rule, policy in policies.items()}
            prefix, own = resource.inputs.get("label_prefix"), resource.inputs.get("name", resource.name)
            return Admission(str(prefix), actions, {rule: f"{rule}.{own}.{prefix}" for rule in actions})
    return None


def trials(client: Client, admission: Admission, fences: Sequence[Fence]) -> Iterator[Trial]:
    """Every policy, tried; where no tenant is, those that need none."""
    yield _sound(client, admission)
    scratch = _scratch(client, admission)
    tenants = [fence.name for fence in fences if fence.tenant][:1]
    for what, rule, attempt in (
        ("a namespace without labels", "ns-labels", lambda: _namespace(client)),
        ("a network policy that lets in everybody", "np-no-allow-all", lambda: _open(client)),
        ("a pod where no default deny is", "np-default-deny", lambda: _pod(client, quota=True)),
        ("a pod where no quota is", "ns-quota-present", lambda: _pod(client, quota=False)),
    ):
        if rule in admission.actions:
            yield _tried(client, admission, what, rule, attempt)
    for tenant in tenants if "np-write-rbac" in admission.actions else []:
        yield _guarded(client, admission, tenant)
    yield _ends(client, scratch)


def _sound(client: Client, admission: Admission) -> Trial:
    """A misspelt field is accepted; only the status of the policy tells."""
    names = set(admission.names.values())

    def told() -> list[Mapping[str, Any]]:
        items = client.get(f"{GROUP}/validatingadmissionpolicies").body.get("items", [])
        return [item for item in items if item["metadata"]["name"] in names]

    client.wait("the admission policies being checked", lambda: all("typeChecking" in _status(it) for it in told()))
    wrong = [
        f"{item['metadata']['name']}: {warning['fieldRef']} {warning['warning']}"
        for item in told()
        for warning in _status(item)["typeChecking"].get("expressionWarnings", [])
    ]
    happened = "; ".join(wrong) or f"{len(told())} sound"
    holds = not wrong and len(told()) == len(names)
    return Trial(WHERE, "the CEL of every policy", f"{len(names)} sound", happened, holds)


def _status(item: Mapping[str, Any]) -> Mapping[str, Any]:
    found = item.get("status")
    return found if isinstance(found, Mapping) else {}


def _scratch(client: Client, admission: Admission) -> str:
    """A namespace that looks like a tenant's and has no fence but one that is guarded."""
    keys = {"tenant": SCRATCH, "environment": "dev", "managed": "true"}
    labels = {f"{admission.prefix}/{key}": value for key, value in keys.items()}
    owners = {f"{admission.prefix}/owners": "user:rehearsal"}
    client.create("/api/v1/namespaces", {"metadata": {"name": SCRATCH, "labels": labels, "annotations": owners}})
    managed = {"name": "guarded", "labels": {f"{admission.prefix}/managed": "true"}}
    client.create(f"{NETWORK}/namespaces/{SCRATCH}/networkpolicies", {"metadata": managed, "spec": POLICY})
    path = f"/api/v1/namespaces/{SCRATCH}/serviceaccounts/default"
    client.wait(f"the service account of {SCRATCH}", lambda: client.get(path).ok)
    return SCRATCH


def _namespace(client: Client) -> Answer:
    return client.create("/api/v1/namespaces?dryRun=All", {"metadata": {"name": "rehearsal-unlabelled"}})


def _pod(client: Client, *, quota: bool) -> Answer:
    """A pod beside a quota or beside a default deny, not both: a server tells only of the first policy that denies."""
    space = f"/namespaces/{SCRATCH}"
    if quota:
        body = {"metadata": {"name": "quota"}, "spec": {"hard": {"pods": "1"}}}
        client.create(f"/api/v1{space}/resourcequotas", body)
    else:
        client.delete(f"/api/v1{space}/resourcequotas/quota")
        client.create(f"{NETWORK}{space}/networkpolicies", {"metadata": {"name": "default-deny"}, "spec": POLICY})
    container = {"name": "main", "image": IMAGE, "securityContext": HARDENED}
    body = {"metadata": {"name": "rehearsal"}, "spec": {"containers": [container]}}
    return client.create(f"/api/v1{space}/pods?dryRun=All", body)


def _open(client: Client) -> Answer:
    body = {"metadata": {"name": "rehearsal"}, "spec": {**POLICY, "ingress": [{}]}}
    return client.create(f"{NETWORK}/namespaces/{SCRATCH}/networkpolicies?dryRun=All", body)


def _guarded(client: Client, admission: Admission, tenant: str) -> Trial:
    """Somebody with Kubernetes' own role `admin` may delete network policies, but none that is the platform's."""
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": SOMEBODY.name}
    bindings = f"{RBAC}/namespaces/{tenant}/rolebindings"
    client.create(bindings, {"metadata": {"name": "rehearsal-guard"}, "roleRef": role, "subjects": [subject]})
    path = f"{NETWORK}/namespaces/{tenant}/networkpolicies/default-deny"
    review = {"namespace": tenant, "verb": "delete", "group": "networking.k8s.io", "resource": "networkpolicies"}
    asked = {"spec": {"user": SOMEBODY.name, "resourceAttributes": review}}

    def may() -> bool:
        said = client.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", asked).body
        return bool(_status(said).get("allowed"))

    client.wait("the role admin being there", may)
    what = f"the built-in role admin deletes default-deny of {tenant}"
    trial = _tried(client, admission, what, "np-write-rbac", lambda: client.delete(path, user=SOMEBODY, dry_run=True))
    client.delete(f"{bindings}/rehearsal-guard", user=ADMINISTRATOR)
    return trial


def _tried(client: Client, admission: Admission, what: str, rule: str, attempt: Callable[[], Answer]) -> Trial:
    """The line of something that one policy is against: refused where it denies, warned of where it only watches."""
    denies, name = admission.actions[rule] == "Deny", f"'{admission.names[rule]}'"
    answers: list[Answer] = []

    def speaks() -> bool:
        answers.append(attempt())
        return any(name in text for text in (answers[-1].message, *answers[-1].warnings))

    client.comes_about(speaks, SECONDS_TO_TAKE_EFFECT)
    answer = answers[-1]
    warned = next((text for text in answer.warnings if name in text), "")
    happened = "refused" if not answer.ok else "admitted, with a warning" if warned else "ADMITTED"
    holds = name in answer.message if denies else bool(answer.ok and warned)
    expected = "refused" if denies else "admitted, with a warning"
    return Trial(WHERE, what, expected, happened, holds, answer.message or warned)


def _ends(client: Client, scratch: str) -> Trial:
    """The guard must not keep a namespace from ending."""
    path = f"/api/v1/namespaces/{scratch}"
    client.delete(path)
    ended = client.comes_about(lambda: client.get(path).code == 404, SECONDS_TO_END)
    return Trial(WHERE, "a guarded namespace is deleted", "ends", "ended" if ended else "STAYS", ended)
