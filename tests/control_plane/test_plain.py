"""Namespaces that no Tenant made are tried by what their own quotas, limits, levels and bindings come to."""

from typing import Any

import pytest

from hedgerow.graph import Resource, Snapshot
from hedgerow.rehearsal import apply, objects
from hedgerow.rehearsal.plane import ControlPlane
from hedgerow.rehearsal.run import NO_FENCE, UNREACHED, Rehearsal, try_fences
from hedgerow.rehearsal.settings import fences
from hedgerow.rehearsal.trials import Trial

pytestmark = pytest.mark.control_plane
LEVEL = "pod-security.kubernetes.io/enforce"
TOKENS = {"rbac.authorization.k8s.io/v1": ("Role", "RoleBinding")}


def made(kind: str, name: str, namespace: str = "", **more: Any) -> Resource:
    api = next((api for api, kinds in TOKENS.items() if kind in kinds), "v1")
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **more.pop("metadata", {})}
    token = f"kubernetes:{api if '/' in api else f'core/{api}'}:{kind}"
    inputs = {"apiVersion": api, "kind": kind, "metadata": metadata, **more}
    return Resource(f"urn:{kind}-{namespace}-{name}", token, name, inputs=inputs)


def space(name: str, *resources: Resource, level: str = "") -> list[Resource]:
    labels = {"labels": {LEVEL: level}} if level else {}
    return [made("Namespace", name, metadata=labels), *resources]


def quota(namespace: str, **hard: str) -> Resource:
    given = {key.replace("__", ".").replace("_", "/"): value for key, value in hard.items()}
    return made("ResourceQuota", "quota", namespace, spec={"hard": given})


def limits(namespace: str, **parts: Any) -> Resource:
    return made("LimitRange", "limits", namespace, spec={"limits": [{"type": "Container", **parts}]})


def tried(plane: ControlPlane, resources: list[Resource]) -> Rehearsal:
    """What came of it, on a server that others use too."""
    snapshot = Snapshot.of("shop", "dev", resources)
    (stack,) = objects.clusters(snapshot)
    found = Rehearsal("dev", len(stack.manifests), applied=apply.apply(plane.client, stack))
    assert found.applied.rejected == []
    try_fences(found, plane, fences(snapshot), None, tell=lambda _: None)
    assert found.applied.changed == []
    return found


def told(trials: list[Trial]) -> dict[str, tuple[str, str, bool]]:
    return {
        trial.what: (trial.expected, trial.happened, trial.holds) for trial in trials if "somebody" not in trial.what
    }


def test_a_quota_alone_is_filled_by_pods_that_name_what_it_asks_after(plane: ControlPlane) -> None:
    found = tried(plane, space("q-alone", quota("q-alone", cpu="2", limits__memory="1Gi", pods="5", secrets="3")))
    assert told(found.trials) == {
        "the quota in force": ("4 limits as declared", "4 limits, every one the same", True),
        "fill cpu": ("2, not 1m more", "2 used, 1m more refused", True),
        "fill limits.memory": ("1Gi, not 4Mi more", "1Gi used, 4Mi more refused", True),
        "fill pods": ("5, not 1 more", "5 made: 5 used, 1 more refused", True),
        "fill secrets": ("3, not 1 more", "3 made: 3 used, 1 more refused", True),
        "a pod that asks for nothing": ("refused: nothing gives it cpu, limits.memory", "refused", True),
        "20 clients at once for the last 1m of CPU": ("1 admitted", "1 admitted, 19 refused, 2 used", True),
        "a Deployment scaled to 3 pods where 1 fits": ("1 made, the rest refused", "1 made, the rest refused", True),
        "hedgerow's sums of what pods use": (
            "the server's, after every step", told(found.trials)["hedgerow's sums of what pods use"][1], True,
        ),
    }  # fmt: skip
    assert told(found.trials)["hedgerow's sums of what pods use"][1].endswith("steps, every sum the same")
    assert (found.applied.left_out, found.failed) == ([], [])


def test_limits_are_kept_to_while_a_quota_is_filled(plane: ControlPlane) -> None:
    """A container may have 1 CPU, so that two and a half take three pods and one of the least."""
    bounds = {
        "max": {"cpu": "1"},
        "min": {"cpu": "100m"},
        "default": {"cpu": "200m"},
        "defaultRequest": {"cpu": "100m"},
    }
    ratio = {"maxLimitRequestRatio": {"cpu": "4"}}
    given = space(
        "q-limits", quota("q-limits", requests__cpu="2500m", pods="20"), limits("q-limits", **bounds, **ratio)
    )
    found = tried(plane, given)
    assert found.failed == []
    assert {what: rest[:2] for what, rest in told(found.trials).items() if what.startswith(("a ", "fill"))} == {
        "fill requests.cpu": ("2500m, not 100m more", "2500m used, 100m more refused"),
        "fill pods": ("20, not 1 more", "20 made: 20 used, 1 more refused"),
        "a pod that asks for nothing": ("admitted where there is room", "admitted"),
        "a container with cpu of 1001m": ("refused", "refused"),
        "a container with cpu of 1m": ("refused", "refused"),
        "a limit of cpu 5 times the request": ("refused", "refused"),
        "a Deployment scaled to 3 pods where 1 fits": ("1 made, the rest refused", "1 made, the rest refused"),
    }


def test_limits_without_a_quota_are_a_fence_too(plane: ControlPlane) -> None:
    found = tried(plane, space("l-alone", limits("l-alone", max={"memory": "1Gi"})))
    assert told(found.trials) == {"a container with memory of 1028Mi": ("refused", "refused", True)}


def test_a_pod_security_level_keeps_out_what_it_says(plane: ControlPlane) -> None:
    found = tried(plane, space("level", level="baseline"))
    assert told(found.trials) == {
        "a privileged pod": ("refused", "refused", True),
        "a pod on the node's network": ("refused", "refused", True),
        "a pod that mounts the node's disk": ("refused", "refused", True),
        "a pod that may run as root": ("admitted", "admitted", True),
    }


def test_what_nothing_can_reach_is_left_out_and_told(plane: ControlPlane) -> None:
    """Requests end before limits do, volumes before their number; and nobody knows what counts a widget."""
    hard = {
        "requests__memory": "1Gi",
        "limits__memory": "1Mi",
        "persistentvolumeclaims": "9",
        "requests__storage": "2Gi",
    }
    found = tried(plane, space("unreached", quota("unreached", **hard, count_widgets__example__com="4")))
    assert [(item.name, item.why) for item in found.applied.left_out] == [
        (
            "filling requests.memory, limits.memory, persistentvolumeclaims, count/widgets.example.com of Namespace 'unreached'",
            UNREACHED,
        )
    ]
    assert found.failed == []
    assert told(found.trials)["fill requests.storage"] == ("2Gi, not 1Gi more", "2Gi used, 1Gi more refused", True)


def test_where_no_deployment_may_be_none_is_scaled(plane: ControlPlane) -> None:
    found = tried(plane, space("no-owners", quota("no-owners", cpu="1", count_deployments__apps="0")))
    assert found.failed == []
    assert told(found.trials)["fill count/deployments.apps"][:2] == ("0, not 1 more", "0 made: 0 used, 1 more refused")
    assert [what for what in told(found.trials) if "scale" in what] == []


def test_a_namespace_without_quota_and_limits_is_told(plane: ControlPlane) -> None:
    found = tried(plane, space("bare"))
    assert (found.trials, [(item.name, item.why) for item in found.applied.left_out]) == (
        [],
        [("the trial of Namespace 'bare'", NO_FENCE)],
    )


def test_whom_a_binding_names_is_told_of_and_everybody_else_refused(plane: ControlPlane) -> None:
    """No settings say what they are to be, so what they may is told and not judged."""
    rules = [{"apiGroups": [""], "resources": ["pods", "secrets"], "verbs": ["get", "list", "watch"]}]
    rules.append({"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"], "verbs": ["delete"]})
    group = {"kind": "Group", "name": "bound-team", "apiGroup": "rbac.authorization.k8s.io"}
    role = {"kind": "Role", "name": "reader", "apiGroup": "rbac.authorization.k8s.io"}
    binding = made("RoleBinding", "readers", "bound", roleRef=role, subjects=[group])
    found = tried(
        plane, space("bound", quota("bound", pods="3"), made("Role", "reader", "bound", rules=rules), binding)
    )
    assert found.failed == []
    bound = {what: rest[:2] for what, rest in told(found.trials).items() if what.startswith("bound")}
    assert bound["bound (group bound-team): read and write secrets"] == ("as its binding says", "3 of 8 allowed")
    assert bound["bound (group bound-team): change the fences, the namespace, its labels"][1] == (
        "1 of 32 allowed: delete networkpolicies.networking.k8s.io"
    )
    strangers = [trial for trial in found.trials if trial.what.startswith("somebody with an account: ")]
    assert len(strangers) == 14
    assert {trial.expected for trial in strangers} == {"refused"}
    assert {trial.happened for trial in strangers if "for real" in trial.what} == {"refused"}


@pytest.mark.parametrize(
    ("weak", "fails"),
    [
        ([], []),
        (
            [
                {
                    "apiGroups": [""],
                    "resources": ["resourcequotas", "secrets"],
                    "verbs": ["list", "delete"],
                }
            ],
            [
                "somebody with an account: look at the fences",
                "somebody with an account: read and write secrets",
                "somebody with an account: change the fences, the namespace, its labels",
                "somebody with an account: list secrets, for real",
            ],
        ),
    ],
    ids=["closed", "open"],
)
def test_a_stranger_who_gets_in_is_a_fault(plane: ControlPlane, weak: list[Any], fails: list[str]) -> None:
    """By a binding that the stack does not know of."""
    name = f"stranger-{len(weak)}"
    root = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{name}"
    resources = space(name, quota(name, pods="3"))
    (stack,) = objects.clusters(Snapshot.of("shop", "dev", resources))
    assert apply.apply(plane.client, stack).rejected == []
    if weak:
        assert plane.client.create(f"{root}/roles", {"metadata": {"name": "weak"}, "rules": weak}).ok
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "weak"}
        subject = {"kind": "User", "name": "rehearsal-nobody", "apiGroup": "rbac.authorization.k8s.io"}
        body = {"metadata": {"name": "weak"}, "roleRef": role, "subjects": [subject]}
        assert plane.client.create(f"{root}/rolebindings", body).ok
    assert [trial.what for trial in tried(plane, resources).failed] == fails
