"""Admission policies give of every example the verdict that preview gives; where they do not, this file says why."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, cast

import pytest

from components.k8s import Tenant
from components.k8s.admission import AdmissionPolicyArgs, plan
from components.k8s.tenant import plan as plan_tenant
from hedgerow.facts.admission import filled
from hedgerow.rehearsal import apply, objects
from hedgerow.rehearsal.binaries import Binaries
from hedgerow.rehearsal.client import JSON, MERGE, Answer, Client, User
from hedgerow.rehearsal.plane import ControlPlane
from policies import catalog
from stacks.admission import POLICIES, read_policies

from ..components.k8s.examples import with_quota
from ..support import record

pytestmark = pytest.mark.control_plane
PREFIX, OWN = "platform.example.com", "admission"
GROUP = "/apis/admissionregistration.k8s.io/v1"
NETWORK, RBAC = "/apis/networking.k8s.io/v1", "/apis/rbac.authorization.k8s.io/v1"
RULES = {rule.id: rule for rule in catalog.load(POLICIES) if rule.admission}
NUMBERS = count()
SECONDS_TO_TAKE_EFFECT = 15.0
"""The server reads policies anew every second, where it has the time."""

ASKS_FOR_ONE_NAME = "a server looks a policy up by its name: the one that Tenant makes, which alone is enough"
DIFFER = {
    "a direction each, the types left out": ASKS_FOR_ONE_NAME,
    "selectors that leave no pod between them": ASKS_FOR_ONE_NAME,
    "built-in roles that write network policies/everybody": (
        "who is cluster-admin may take the guard itself away; that the rule finds it at preview is all there is"
    ),
}
"""Examples (with the binding, where one is meant) that a server judges otherwise than preview, and why."""

PULUMI = User("rehearsal-pulumi", ("rehearsal-platform",))
"""Who installs everything: may do whatever a role can say, and is none of the cluster's own."""


@dataclass(frozen=True)
class Example:
    """What a rule's yaml says of one case."""

    title: str
    objects: list[dict[str, Any]]
    finds: list[str]
    config: dict[str, Any]


def installed(client: Client, policies: Mapping[str, AdmissionPolicyArgs]) -> None:
    """Install policies, and wait until each is in force."""
    want = plan(OWN, {"label_prefix": PREFIX, "policies": dict(policies)})
    for kind, manifests in (
        ("validatingadmissionpolicies", want.policies),
        ("validatingadmissionpolicybindings", want.bindings),
    ):
        for manifest in manifests.values():
            assert client.create(f"{GROUP}/{kind}", manifest).ok, manifest


@pytest.fixture(scope="module")
def guarded(built: Binaries) -> Iterator[ControlPlane]:
    """A server on which every policy denies, as in prod."""
    with ControlPlane(built) as plane:
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
        group = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": PULUMI.groups[0]}
        binding = {"metadata": {"name": "rehearsal-platform"}, "roleRef": role, "subjects": [group]}
        assert plane.client.create(f"{RBAC}/clusterrolebindings", binding).ok
        installed(plane.client, {rule: policy(rule) for rule in RULES})
        refused = {"metadata": {"name": "not-yet"}}

        def in_force() -> bool:
            return plane.client.create("/api/v1/namespaces?dryRun=All", refused).code == 403

        plane.client.wait("the policies being in force", in_force)
        yield plane


def policy(rule: str, **config: Any) -> AdmissionPolicyArgs:
    """The policy of a rule as its examples are judged: it denies, with the settings of its yaml but for `config`."""
    values = {**RULES[rule].config, **config, "prefix": PREFIX}
    return cast("AdmissionPolicyArgs", {"action": "Deny", **filled(RULES[rule].admission, values)})


@contextmanager
def configured(client: Client, rule: str, config: Mapping[str, Any]) -> Iterator[None]:
    """The policy of a rule with the settings of an example; afterwards as before."""
    if not config:
        yield
        return
    path = f"{GROUP}/validatingadmissionpolicies/{rule}.{OWN}.{PREFIX}"
    for settings in (config, {}):
        want = plan(OWN, {"label_prefix": PREFIX, "policies": {rule: policy(rule, **settings)}})
        assert client.send("PATCH", path, {"spec": want.policies[rule]["spec"]}, form=MERGE).ok
        if settings:
            yield


def named(value: Any, number: int) -> Any:
    """An example's objects in namespaces of their own, so that examples do not meet on the server."""
    text = json.dumps(value)
    for name in ("payments", "search"):
        text = text.replace(f'"{name}"', f'"{name}-{number}"').replace(f'"{name}/', f'"{name}-{number}/')
    return json.loads(text)


def cases(rule: str) -> list[tuple[str, int]]:
    """Examples that a server can be asked about: of objects, all of whose values are known."""
    return [
        (case, index)
        for case in ("allow", "deny")
        for index, example in enumerate(RULES[rule].examples[case])
        if example.get("objects")
    ]


def example(rule: str, case: str, index: int) -> Example:
    """An example of a rule, in namespaces of its own."""
    given = RULES[rule].examples[case][index]
    told = named({key: given.get(key, {}) for key in ("objects", "finds", "config")}, next(NUMBERS))
    return Example(given["title"], told["objects"], sorted(told["finds"]), told["config"])


def shown(rule: str) -> Any:
    ids = [f"{case}-{index}" for case, index in cases(rule)]
    return pytest.mark.parametrize(("case", "index"), cases(rule), ids=ids)


def tenant_namespace(client: Client, name: str) -> None:
    """A namespace that the policies take for a tenant's."""
    labels = {f"{PREFIX}/tenant": name, f"{PREFIX}/environment": "prod"}
    owners = {f"{PREFIX}/owners": "group:somebody"}
    made = client.create("/api/v1/namespaces", {"metadata": {"name": name, "labels": labels, "annotations": owners}})
    assert made.code in (201, 409), made.message
    path = f"/api/v1/namespaces/{name}/serviceaccounts/default"
    client.wait(f"the service account of {name}", lambda: client.get(path).ok)


def place(manifest: Mapping[str, Any]) -> str:
    metadata = manifest["metadata"]
    return "/".join(metadata[key] for key in ("namespace", "name") if key in metadata)


def assert_refused(client: Client, rule: str, given: Example) -> None:
    """Every object that the rule finds is refused by its policy, and every other one admitted."""
    judged, answers = [it for it in given.objects if it["kind"] in RULES[rule].judges], dict[str, Answer]()

    def is_as_found() -> bool:
        answers.update({place(it): _sent(client, it) for it in judged})
        return sorted(name for name, answer in answers.items() if not answer.ok) == given.finds

    with configured(client, rule, given.config):
        client.comes_about(is_as_found, SECONDS_TO_TAKE_EFFECT)
    assert sorted(name for name, answer in answers.items() if refused_by(answer, rule)) == given.finds
    assert {name: answer.message for name, answer in answers.items() if not answer.ok}.keys() == set(given.finds)


def refused_by(answer: Answer, rule: str) -> bool:
    return not answer.ok and f"ValidatingAdmissionPolicy '{rule}.{OWN}.{PREFIX}'" in answer.message


@shown("ns-labels")
def test_a_namespace_is_refused_where_preview_finds_it(guarded: ControlPlane, case: str, index: int) -> None:
    assert_refused(guarded.client, "ns-labels", example("ns-labels", case, index))


@shown("np-no-allow-all")
def test_a_network_policy_is_refused_where_preview_finds_it(guarded: ControlPlane, case: str, index: int) -> None:
    given = example("np-no-allow-all", case, index)
    for name in {manifest["metadata"]["namespace"] for manifest in given.objects}:
        tenant_namespace(guarded.client, name)
    assert_refused(guarded.client, "np-no-allow-all", given)


@pytest.mark.parametrize(
    ("rule", "case", "index"),
    [(rule, *at) for rule in ("np-default-deny", "ns-quota-present") for at in cases(rule)],
    ids=lambda part: str(part),
)
def test_a_pod_is_refused_where_preview_finds_its_namespace_open(
    guarded: ControlPlane, rule: str, case: str, index: int
) -> None:
    client = guarded.client
    given = example(rule, case, index)
    spaces = [place(it) for it in given.objects if it["kind"] == "Namespace"]
    for name in spaces:
        tenant_namespace(client, name)
        _satisfy_the_other(client, rule, name)
    for manifest in given.objects:
        if manifest["kind"] in ("NetworkPolicy", "ResourceQuota"):
            made = client.create(_collection(manifest), manifest)
            assert made.code in (201, 422), made.message  # some quotas of examples no server takes
    templates = {
        it["metadata"]["namespace"]: it["spec"]["template"]["spec"]
        for it in given.objects
        if "spec" in it and "template" in it["spec"]
    }
    found = [name for name in spaces if refused_by(_pod(client, name, templates.get(name, {})), rule)]
    if case == "allow" and given.title in DIFFER:
        assert found == spaces
    else:
        assert found == sorted({name.partition("/")[0] for name in given.finds})


@shown("np-write-rbac")
def test_whoever_could_undo_a_fence_is_stopped_by_the_guard(guarded: ControlPlane, case: str, index: int) -> None:
    """Each binding of an example by itself: whoever it names may not delete a policy of the platform."""
    client = guarded.client
    given = example("np-write-rbac", case, index)
    space = next(place(it) for it in given.objects if it["kind"] == "Namespace")
    tenant_namespace(client, space)
    guarded_one = {"metadata": {"name": "default-deny", "labels": {f"{PREFIX}/managed": "true"}}, "spec": CLOSED}
    assert client.create(f"{NETWORK}/namespaces/{space}/networkpolicies", guarded_one).ok
    for manifest in given.objects:
        if manifest["kind"] in ("Role", "ClusterRole"):
            assert client.create(_collection(manifest), manifest).ok
    bindings = [it for it in given.objects if it["kind"].endswith("Binding") and it.get("subjects")]
    path = f"{NETWORK}/namespaces/{space}/networkpolicies/default-deny"
    for binding in [it for it in bindings if not it["metadata"]["name"].startswith("system:")]:
        lets_through = place(binding) in given.finds and not given.title.startswith(BECOMING)
        for user, answers in _bound(client, binding, path, lets_through=lets_through):
            if f"{given.title}/{place(binding)}" in DIFFER:
                assert all(answer.ok for answer in answers)
            else:
                assert [answer.code for answer in answers] == [403, 403], (place(binding), user)
                assert any(refused_by(answer, "np-write-rbac") for answer in answers) == lets_through


def test_every_difference_is_one_of_an_example_that_is_there() -> None:
    titles = {given["title"] for rule in RULES.values() for case in ("allow", "deny") for given in rule.examples[case]}
    assert {title.partition("/")[0] for title in DIFFER} <= titles


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_cel_of_every_rule_is_sound(guarded: ControlPlane, environment: str) -> None:
    """A misspelt field would be accepted, and refuse or admit everything."""
    client = guarded.client
    policies = read_policies(POLICIES, environment, PREFIX)
    assert sorted(policies) == sorted(rule for rule in RULES if RULES[rule].level(environment) != "off")
    for manifest in plan(OWN, {"label_prefix": PREFIX, "policies": policies}).policies.values():
        name = f"{environment}.{manifest['metadata']['name']}"
        assert client.create(f"{GROUP}/validatingadmissionpolicies", {**manifest, "metadata": {"name": name}}).ok
        path = f"{GROUP}/validatingadmissionpolicies/{name}"
        client.wait(path, lambda path=path: "typeChecking" in client.get(path).body.get("status", {}))  # type: ignore[misc]
        assert client.get(path).body["status"]["typeChecking"] == {}


def test_a_tenant_lives_and_ends_under_its_guard(guarded: ControlPlane) -> None:
    """Pulumi's own user makes it, changes it and deletes it; a team with the role admin does none of that."""
    client, name = guarded.client, "lives"
    (stack,) = objects.clusters(record(lambda: Tenant(name, with_quota(cpu="2"))))
    assert apply.apply(client, stack).rejected == []
    quota = f"/api/v1/namespaces/{name}/resourcequotas/quota"
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "team"}
    binding = {"metadata": {"name": "team"}, "roleRef": role, "subjects": [subject]}
    assert client.create(f"{RBAC}/namespaces/{name}/rolebindings", binding).ok
    team, unmarked = User("team"), {"metadata": {"labels": {f"{PREFIX}/managed": None, f"{PREFIX}/tenant": None}}}
    fences = f"{NETWORK}/namespaces/{name}/networkpolicies/default-deny", f"{RBAC}/namespaces/{name}/roles/owner"
    client.wait("the role of the team", lambda: "cannot " not in client.delete(fences[0], user=team).message)
    for path in fences:
        answers = [client.delete(path, user=team), client.send("PATCH", path, unmarked, user=team, form=MERGE)]
        assert [answer.code for answer in answers] == [403, 403]
        assert refused_by(answers[0], "np-write-rbac"), answers[0].message
    more = {"spec": {"hard": {"pods": "11"}}}
    assert client.send("PATCH", quota, more, user=PULUMI, form=MERGE).ok
    assert client.delete(f"{NETWORK}/namespaces/{name}/networkpolicies/default-deny", user=PULUMI).ok
    assert client.delete(f"/api/v1/namespaces/{name}", user=PULUMI).ok
    client.wait("the end of the namespace", lambda: client.get(f"/api/v1/namespaces/{name}").code == 404, 40)


def test_the_label_of_a_namespace_cannot_be_taken_off_to_escape(guarded: ControlPlane) -> None:
    """A selector of namespaces would see only what it becomes."""
    client, name = guarded.client, "escapes"
    namespace = plan_tenant(name, with_quota(cpu="2")).namespace
    assert client.create("/api/v1/namespaces", namespace).ok
    rules = [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["patch"]}]
    assert client.create(f"{RBAC}/clusterroles", {"metadata": {"name": "relabel"}, "rules": rules}).ok
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "relabel"}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "relabeller"}
    binding = {"metadata": {"name": "relabel"}, "roleRef": role, "subjects": [subject]}
    assert client.create(f"{RBAC}/clusterrolebindings", binding).ok
    body = {"metadata": {"labels": {f"{PREFIX}/managed": None}}}

    def relabelled() -> Answer:
        return client.send("PATCH", f"/api/v1/namespaces/{name}", body, user=User("relabeller"), form=MERGE)

    client.wait("the role of the relabeller", lambda: "cannot " not in relabelled().message)
    assert refused_by(relabelled(), "np-write-rbac"), relabelled().message


def test_without_sparing_the_cluster_itself_a_namespace_never_ends(built: Binaries) -> None:
    """What the exemption is for, seen without it."""
    policies = read_policies(POLICIES, "prod", PREFIX)
    guard: AdmissionPolicyArgs = {**policies["np-write-rbac"], "spares_system": False}
    with ControlPlane(built) as plane:
        client = plane.client
        installed(client, {"np-write-rbac": guard})
        tenant_namespace(client, "stuck")
        kept = {"metadata": {"name": "kept", "labels": {f"{PREFIX}/managed": "true"}}, "spec": CLOSED}
        assert client.create(f"{NETWORK}/namespaces/stuck/networkpolicies", kept).ok
        client.wait("the guard", lambda: not _deleted_by_a_controller(client).ok)
        client.delete("/api/v1/namespaces/stuck")

        def stuck() -> bool:
            conditions = client.get("/api/v1/namespaces/stuck").body.get("status", {}).get("conditions", [])
            failure = [each for each in conditions if each["type"] == "NamespaceDeletionContentFailure"]
            return any(each["status"] == "True" and "np-write-rbac" in each["message"] for each in failure)

        client.wait("the controller's complaint", stuck)


def test_what_only_watches_refuses_nothing_and_warns(built: Binaries) -> None:
    with ControlPlane(built) as plane:
        policies = {**read_policies(POLICIES, "prod", PREFIX)}
        watching: dict[str, AdmissionPolicyArgs] = {
            rule: {**each, "action": "Audit"} for rule, each in policies.items()
        }
        installed(plane.client, watching)
        tenant_namespace(plane.client, "watched")
        answers: list[Answer] = []

        def warned() -> bool:
            answers.append(plane.client.create("/api/v1/namespaces?dryRun=All", {"metadata": {"name": "unlabelled"}}))
            return bool(answers[-1].warnings)

        plane.client.wait("a warning", warned)
        assert answers[-1].ok
        assert (
            answers[-1]
            .warnings[0]
            .endswith(
                "Namespace lacks a label that every namespace has under platform.example.com; add tenant, environment"
            )
        )
        assert _pod(plane.client, "watched", {}).ok


CHANGED = {"metadata": {"annotations": {"changed": "yes"}}}
BECOMING = "ways to become somebody"
"""There the way to the policy is longer than one request: RBAC still refuses the first step."""
CLOSED = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
PLURALS = {"NetworkPolicy": "networkpolicies"}


def _collection(manifest: Mapping[str, Any]) -> str:
    api, kind = manifest["apiVersion"], manifest["kind"]
    root = f"/apis/{api}" if "/" in api else f"/api/{api}"
    inside = f"/namespaces/{manifest['metadata']['namespace']}" if "namespace" in manifest["metadata"] else ""
    return f"{root}{inside}/{PLURALS.get(kind, f'{kind.lower()}s')}"


def _sent(client: Client, manifest: Mapping[str, Any]) -> Answer:
    """Asked for as a dry run: created where it is not there, else changed."""
    collection, name = _collection(manifest), manifest["metadata"]["name"]
    if client.get(f"{collection}/{name}").ok:
        return client.send("PATCH", f"{collection}/{name}?dryRun=All", dict(manifest), form=MERGE)
    return client.send("POST", f"{collection}?dryRun=All", dict(manifest), form=JSON)


def _pod(client: Client, namespace: str, template: Mapping[str, Any]) -> Answer:
    containers = [{"image": "none", **container} for container in template.get("containers", [{"name": "main"}])]
    body = {"metadata": {"name": "any"}, "spec": {**template, "containers": containers}}
    return client.create(f"/api/v1/namespaces/{namespace}/pods?dryRun=All", body)


def _satisfy_the_other(client: Client, rule: str, namespace: str) -> None:
    """A server tells only of the first policy that denies: the other one must have nothing to say."""
    if rule == "np-default-deny":
        quota = {"metadata": {"name": "quota"}, "spec": {"hard": {"count/secrets": "9"}}}
        assert client.create(f"/api/v1/namespaces/{namespace}/resourcequotas", quota).ok
    else:
        closed = {"metadata": {"name": "default-deny"}, "spec": CLOSED}
        assert client.create(f"{NETWORK}/namespaces/{namespace}/networkpolicies", closed).ok


def _bound(
    client: Client, binding: Mapping[str, Any], path: str, *, lets_through: bool
) -> list[tuple[User, list[Answer]]]:
    """What each subject of a binding is answered who deletes a network policy, or changes it; the binding is undone.

    Where it `lets_through` to one of that, it is waited until RBAC knows of it.
    """
    made = client.create(_collection(binding), dict(binding))
    assert made.ok, made.message
    told = []

    def tried(user: User) -> list[Answer]:
        change = client.send("PATCH", f"{path}?dryRun=All", CHANGED, user=user, form=MERGE)
        return [client.delete(path, user=user, dry_run=True), change]

    for user in [_user(subject) for subject in binding["subjects"] if _is_somebody(subject)]:
        if lets_through:
            known = lambda user=user: any("cannot " not in answer.message for answer in tried(user))  # noqa: E731
            client.wait(f"{binding['metadata']['name']} being in force", known)
        told.append((user, tried(user)))
    assert client.delete(f"{_collection(binding)}/{binding['metadata']['name']}").ok
    return told


def _is_somebody(subject: Mapping[str, Any]) -> bool:
    return subject["name"] != "system:masters" and subject.get("namespace") != "kube-system"


def _user(subject: Mapping[str, Any]) -> User:
    if subject["kind"] == "Group":
        return User("somebody", (subject["name"],))
    if subject["kind"] == "ServiceAccount":
        return User(f"system:serviceaccount:{subject['namespace']}:{subject['name']}")
    return User(subject["name"])


def _deleted_by_a_controller(client: Client) -> Answer:
    user = User("system:serviceaccount:kube-system:namespace-controller", ("system:serviceaccounts:kube-system",))
    return client.delete(f"{NETWORK}/namespaces/stuck/networkpolicies/kept", user=user, dry_run=True)
