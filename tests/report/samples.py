"""Snapshots and verdicts made by hand: small enough to read, with one of each thing that a report must tell."""

import os
from dataclasses import replace
from pathlib import Path

from hedgerow.facts.problem import Problem
from hedgerow.graph import SECRET, UNKNOWN, Judged, Resource, Snapshot
from hedgerow.report.verdict import MANIFESTS, Failure, Judging, Verdict

GOLDENS = Path(__file__).parent / "goldens"
STACK, NAMESPACE, QUOTA, POLICY = (
    "pulumi:pulumi:Stack",
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:ResourceQuota",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
)
HOSTILE = (
    "a|b `c` <script>x</script> \x1b[31mred\x07\u202e @team #12 [x](http://e.example)\naws-prod: 0 findings: clean"
)


class Builder:
    """Resources of one stack, each under its parent as Pulumi names them."""

    def __init__(self, stack: str) -> None:
        self.stack, self.resources = stack, list[Resource]()

    def add(self, type_: str, name: str, parent: Resource | None = None, **more: object) -> Resource:
        above = parent.urn.split("::")[2] if parent else STACK
        qualified = type_ if above == STACK else f"{above}${type_}"
        urn = f"urn:pulumi:{self.stack}::shop::{qualified}::{name}"
        custom = not type_.startswith(("hedgerow:", STACK))
        made = Resource(urn, type_, name, custom=custom, parent=parent.urn if parent else "", **more)  # type: ignore[arg-type]
        self.resources.append(made)
        return made

    def tenant(self, name: str, root: Resource) -> Resource:
        team = self.add("hedgerow:index:Tenant", name, root)
        namespace = self.add(NAMESPACE, name, team, inputs={"metadata": {"name": name}})
        self.add(QUOTA, name, team, inputs={"spec": {"hard": {"requests.cpu": "100"}}}, dependencies=(namespace.urn,))
        for role in ("default-deny", "dns", "egress", "same-namespace"):
            self.add(POLICY, f"{name}-{role}", team)
        return namespace

    def snapshot(self) -> Snapshot:
        return Snapshot.of("shop", self.stack, self.resources)


def small() -> Snapshot:
    """A stack with two marks and one tenant."""
    builder = Builder("dev")
    root = builder.add(STACK, "shop-dev")
    vpc = builder.add("hedgerow:index:Vpc", "main", root)
    builder.add(
        "aws:ec2/vpc:Vpc", "main", vpc, inputs={"tags": {"b": "2", "a": UNKNOWN}, "key": SECRET, "cidrBlock": "x"}
    )
    builder.tenant("payments", root)
    return builder.snapshot()


def verdict() -> Verdict:
    """One of everything: denials, advice, doubt, exemption, printed lines, alike tenants."""
    builder = Builder("dev")
    root = builder.add(STACK, "shop-dev")
    vpc = builder.add("hedgerow:index:Vpc", "main", root)
    for zone in "abcd":
        builder.add("aws:ec2/subnet:Subnet", f"main-private-{zone}", vpc)
    spaces = {name: builder.tenant(name, root) for name in ("payments", "search", *(f"team-{n:02}" for n in range(12)))}
    remedy = "Leave `isolation` of the tenant at its default"
    judged = (
        Judged("eks-endpoint-public", vpc.urn, "EKS cluster 'main' may answer anyone: its ranges are not known yet",
               "advisory", "medium", certain=False),
        Judged("np-default-deny", spaces["payments"].urn, "Namespace 'payments' denies no egress; add a default deny",
               "mandatory", "high", "policies there: payments-dns, payments-egress", remedy),
        Judged("np-default-deny", spaces["search"].urn, "Namespace 'search' denies no egress; add a default deny",
               "mandatory", "high", "", remedy),
        Judged("ns-quota-required", spaces["team-07"].urn, "Namespace 'team-07' has no quota; add one", "mandatory",
               "high", "", "Add a ResourceQuota", exempt="platform-team until 2027-01-31: being moved"),
        Judged("wl-probe-readiness", spaces["search"].urn, "Deployment 'search/api' has no readiness probe; add one",
               "advisory", "low", "container api"),
    )  # fmt: skip
    printed = "building for \x1b[1mdev\x1b[0m\nwarning: two zones only\n"
    return Verdict("dev", builder.snapshot(), judged, Judging("dev", 10, "policies/"), printed=printed)


def clean() -> Verdict:
    return Verdict("prod", replace(small(), stack="prod"), (), Judging("prod", 10, "policies/"))


def failure() -> Failure:
    error = "the program failed: KeyError: 'x'\n  __main__.py:3 in <module>: f()\n  __main__.py:2 in f: return {}['x']"
    return Failure("broken", error, 1, "half way\n")


def hostile() -> Verdict:
    """Every text that somebody else chooses holds what would break a report."""
    builder = Builder("dev")
    root = builder.add(STACK, f"shop-{HOSTILE}")
    found = builder.add(NAMESPACE, HOSTILE, root)
    builder.add(f"evil:{HOSTILE}:x", "n" * 1000, root)
    judged = (Judged("np-x", found.urn, HOSTILE, "mandatory", HOSTILE, HOSTILE, HOSTILE),)
    return Verdict(HOSTILE, builder.snapshot(), judged, Judging("dev", 1, HOSTILE), printed=HOSTILE)


def manifests() -> Verdict:
    objects = (
        Resource(
            "manifest::core/v1::Namespace::pay", NAMESPACE, "pay", inputs={"kind": "Namespace"}, origin="ns.yaml:3"
        ),
    )
    judged = (
        Judged("ns-quota-required", objects[0].urn, "Namespace 'pay' has no quota; add one", "mandatory", "high"),
    )
    unread = (Problem("broken.yaml", 7, "", "is not YAML: mapping values are not allowed here"),)
    snapshot = Snapshot.of("manifests", "", objects)
    return Verdict("manifests", snapshot, judged, Judging("prod", 10, "the bundled pack"), MANIFESTS, unread)


def golden(name: str, found: str) -> None:
    """Compare text with a checked-in file, which HEDGEROW_ACCEPT=1 (`make accept`) rewrites."""
    path = GOLDENS / name
    if os.environ.get("HEDGEROW_ACCEPT") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert path.is_file(), f"{name} is not there; run `make accept` and review it"
    assert found == path.read_text(encoding="utf-8"), f"{name} differs; if that is meant, run `make accept`"
