"""Nobody but the platform's administrators can undo what fences a namespace."""

from collections.abc import Iterator

from hedgerow.graph import MISSING, UNKNOWN, Finding, Views, read
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views import AccessPolicy, Binding, Namespace

from ..words import hidden, unjudged
from ._powers import powers, worded

EVERYONE = ("system:anonymous", "system:authenticated", "system:serviceaccount", "system:unauthenticated")
NAMESPACE_ADMINS, CLUSTER_ADMIN = ("AmazonEKSEditPolicy", "AmazonEKSAdminPolicy"), "AmazonEKSClusterAdminPolicy"
DECLARE = "Declare the role beside its binding, so that it can be judged."


def check(views: Views, config: Config) -> Iterator[Finding]:
    for binding in views.bindings:
        home = views.home(binding) if binding.kind == "RoleBinding" else binding
        of_the_system = str(binding.name).startswith("system:") or (isinstance(home, Namespace) and home.system)
        if home is not None and not of_the_system:
            yield from _judge(views, binding, config, placed=home is not UNKNOWN)
    for access in views.access_policies:
        yield from _access(access)


def _judge(views: Views, binding: Binding, config: Config, *, placed: bool) -> Iterator[Finding]:
    subjects = [] if isinstance(binding.subjects, Mark) else binding.subjects
    bound = [subject for subject in subjects if hidden(subject) is None and not _platform(subject, config)]
    if not bound and hidden(binding.subjects) is None:
        return
    found, unsure = powers(grant := views.grant(binding))
    if found and bound and placed:
        told = f"{binding} lets {', '.join(map(_shown, bound))} {worded(found)} by {grant.role}"
        yield Finding(binding, f"{told}; bind a role without that", witness=", ".join(dict.fromkeys(found.values())))
    elif found:
        yield unjudged(binding, "its namespace" if bound else "whom it binds", [binding.namespace] * bool(bound))
    elif unsure:
        yield unjudged(binding, unsure, remedy=DECLARE)


def _shown(subject: object) -> str:
    name = [read(subject, key) for key in ("namespace", "name")]
    return f"{read(subject, 'kind')} '{'/'.join(str(part) for part in name if part is not MISSING)}'"


def _platform(subject: object, config: Config) -> bool:
    kind, name = read(subject, "kind"), str(read(subject, "name"))
    if kind == "ServiceAccount":
        return read(subject, "namespace") in config["platform_namespaces"]
    return name in config["admin_groups"] or (name.startswith("system:") and not name.startswith(EVERYONE))


def _access(access: AccessPolicy) -> Iterator[Finding]:
    if isinstance(access.policy, Mark) or (access.policy == CLUSTER_ADMIN and isinstance(access.scope, Mark)):
        yield unjudged(access, "what it gives", [access.policy, access.scope])
    elif access.policy in NAMESPACE_ADMINS or (access.policy == CLUSTER_ADMIN and access.scope == "namespace"):
        told = f"{access} gives {access.principal} {access.policy}, which may write networkpolicies"
        yield Finding(access, f"{told}; give AmazonEKSViewPolicy and bind a role of your own")
