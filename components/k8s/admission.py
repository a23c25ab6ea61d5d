"""What the API server itself refuses: admission policies that judge each request as the rules judge a preview."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from hedgerow.facts import labels
from hedgerow.facts.kubernetes import SHARED_NAMESPACES

from ..shared.inputs import Path, Wrong, checking
from .checks import texts

API = "admissionregistration.k8s.io/v1"
ACTIONS = {"Audit": ["Audit", "Warn"], "Deny": ["Deny"]}
OPERATIONS = ("CREATE", "UPDATE", "DELETE", "CONNECT")
SCOPES = ("everywhere", "managed", "tenants")
CLUSTER_ITSELF = (
    "request.userInfo.username.startsWith('system:serviceaccount:')"
    " ? !request.userInfo.username.startsWith('system:serviceaccount:kube-system:')"
    " : !request.userInfo.username.matches('^(system|eks):')"
)
"""Without it a namespace never ends: what deletes the objects in it is a controller of the cluster."""

Manifest = dict[str, Any]


class AdmissionParameterArgs(TypedDict):
    api: str
    """API group and version of the kind, such as `v1` or `networking.k8s.io/v1`."""
    kind: str
    """Kind of the object that must be there, in the namespace of what is judged."""
    name: str
    """Its name."""


class AdmissionValidationArgs(TypedDict):
    expression: str
    """CEL that must be true of what is asked for."""
    message: str
    """What whoever asked is told where it is not."""


class AdmissionPolicyArgs(TypedDict):
    action: str
    """`Deny` refuses what is wrong, `Audit` only warns and writes it into the audit log."""
    operations: list[str]
    """What is judged: `CREATE`, `UPDATE`, `DELETE` or `CONNECT`."""
    resources: dict[str, list[str]]
    """Resources that are judged, by API group and version such as `v1`; subresources only where named."""
    validations: list[AdmissionValidationArgs]
    """What must hold, all of it."""
    conditions: NotRequired[dict[str, str]]
    """CEL by name; where one is false the policy has nothing to say. Default: none."""
    parameter: NotRequired[AdmissionParameterArgs]
    """An object that must be there, `params` in CEL. Default: none."""
    scope: NotRequired[str]
    """`tenants`, `managed` objects only, or `everywhere` but the cluster's own namespaces. Default: `tenants`."""
    spares_system: NotRequired[bool]
    """Whether what the cluster's own controllers do is let through. Default: `false`."""


class AdmissionArgs(TypedDict):
    label_prefix: str
    """Prefix of hedgerow's own labels, a DNS name; policies are named below it."""
    policies: dict[str, AdmissionPolicyArgs]
    """Policies by the id of their rule."""
    name: NotRequired[str]
    """What tells its policies from those of another stack on the same cluster. Default: the name of the component."""


@dataclass(frozen=True)
class AdmissionPlan:
    """The manifests of the policies and of their bindings, by the id of the rule."""

    policies: dict[str, Manifest]
    bindings: dict[str, Manifest]


def plan(name: str, args: AdmissionArgs) -> AdmissionPlan:
    with checking("Admission", name, args, AdmissionArgs) as wrong:
        prefix, own = args["label_prefix"], args.get("name", name)
        if problem := labels.name_problem(own):
            wrong("name", problem, own, "rename it")
        if problem := labels.name_with_dots_problem(prefix):
            wrong("label_prefix", problem, prefix, "type a DNS name of yours")
        for rule, policy in args["policies"].items():
            _check(wrong, ("policies", rule), rule, policy)
    given = dict(sorted(args["policies"].items()))
    return AdmissionPlan(
        {rule: _policy(f"{rule}.{own}.{prefix}", policy) for rule, policy in given.items()},
        {rule: _binding(f"{rule}.{own}.{prefix}", prefix, policy) for rule, policy in given.items()},
    )


def _check(wrong: Wrong, at: Path, rule: str, policy: AdmissionPolicyArgs) -> None:
    if problem := labels.name_problem(rule):
        wrong(at, problem, rule, "name it by the id of its rule")
    for field, allowed in (("action", tuple(ACTIONS)), ("scope", SCOPES)):
        given = policy.get(field, allowed[0])
        if given not in allowed:
            wrong((*at, field), f"must be one of {', '.join(allowed)}", given, "type one of them")
    for operation in policy["operations"]:
        if operation not in OPERATIONS:
            wrong((*at, "operations"), f"must be of {', '.join(OPERATIONS)}", operation, "type them in capitals")
    for field in ("operations", "resources", "validations"):
        if not policy[field]:  # type: ignore[literal-required]
            wrong((*at, field), "must not be empty", policy[field], "name at least one")  # type: ignore[literal-required]
    for api, resources in policy["resources"].items():
        texts(wrong, (*at, "resources", api), resources)


def _policy(name: str, given: AdmissionPolicyArgs) -> Manifest:
    conditions = dict(given.get("conditions", {}))
    if given.get("spares_system"):
        conditions = {"not-the-cluster-itself": CLUSTER_ITSELF, **conditions}
    spec: Manifest = {
        # What only watches must refuse nothing, not even where it cannot judge.
        "failurePolicy": "Fail" if given["action"] == "Deny" else "Ignore",
        "matchConstraints": {"resourceRules": _resource_rules(given)},
        "validations": [
            {"expression": each["expression"], "message": each["message"], "reason": "Forbidden"}
            for each in given["validations"]
        ],
    }
    if conditions:
        spec["matchConditions"] = [{"name": key, "expression": text} for key, text in conditions.items()]
    if parameter := given.get("parameter"):
        spec["paramKind"] = {"apiVersion": parameter["api"], "kind": parameter["kind"]}
    return {"apiVersion": API, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": name}, "spec": spec}


def _resource_rules(given: AdmissionPolicyArgs) -> list[Manifest]:
    return [
        {
            "apiGroups": [api.rpartition("/")[0]],
            "apiVersions": [api.rpartition("/")[2]],
            "operations": list(given["operations"]),
            "resources": list(resources),
        }
        for api, resources in sorted(given["resources"].items())
    ]


def _binding(name: str, prefix: str, given: AdmissionPolicyArgs) -> Manifest:
    spec: Manifest = {
        "policyName": name,
        "validationActions": ACTIONS[given["action"]],
        "matchResources": _matched(given.get("scope", "tenants"), prefix),
    }
    if parameter := given.get("parameter"):
        spec["paramRef"] = {"name": parameter["name"], "parameterNotFoundAction": "Deny"}
    return {"apiVersion": API, "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": name}, "spec": spec}


def _matched(scope: str, prefix: str) -> Manifest:
    # Of a namespace that is changed a namespaceSelector sees only what it becomes: taking the label off would
    # take the guard off. An objectSelector sees both.
    if scope == "managed":
        return {"objectSelector": {"matchLabels": {labels.managed(prefix): "true"}}}
    if scope == "everywhere":
        own = {"key": labels.NAMESPACE_NAME, "operator": "NotIn", "values": sorted(SHARED_NAMESPACES)}
        return {"namespaceSelector": {"matchExpressions": [own]}}
    return {"namespaceSelector": {"matchExpressions": [{"key": labels.tenant(prefix), "operator": "Exists"}]}}


class Admission(pulumi.ComponentResource):
    """Rules that the API server keeps: one ValidatingAdmissionPolicy each, bound to what it is about."""

    policies: pulumi.Output[dict[str, str]]
    """Names of the policies by the id of their rule, known once they are bound."""

    def __init__(self, name: str, args: AdmissionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:Admission", name, dict(args), opts)
        want, api = plan(name, args), k8s.admissionregistration.v1
        bound = []
        for rule, manifest in want.policies.items():
            child = pulumi.ResourceOptions(parent=self)
            policy = api.ValidatingAdmissionPolicy(
                f"{name}-{rule}", metadata=manifest["metadata"], spec=manifest["spec"], opts=child
            )
            binding = want.bindings[rule]
            after = pulumi.ResourceOptions(parent=self, depends_on=[policy])
            bound.append(
                api.ValidatingAdmissionPolicyBinding(
                    f"{name}-{rule}", metadata=binding["metadata"], spec=binding["spec"], opts=after
                )
            )
        names = _names(want.policies)
        self.policies = pulumi.Output.all(*(each.urn for each in bound)).apply(lambda _: names)
        self.register_outputs({"policies": self.policies})


def _names(policies: Mapping[str, Manifest]) -> dict[str, str]:
    return {rule: manifest["metadata"]["name"] for rule, manifest in policies.items()}
