"""The tree of a stack: every resource once, counted where alike, never hiding one that a finding is about."""

from hypothesis import given
from hypothesis import strategies as st

from hedgerow.graph import Resource, Snapshot
from hedgerow.report.tree import DEEPEST, Branch, grow

from .samples import STACK, Builder


def counted(branches: list[Branch]) -> int:
    return sum(len(branch.resources) * (1 + branch.below + counted(list(branch.children))) for branch in branches)


def told(branches: list[Branch], depth: int = 0) -> list[str]:
    return [
        line
        for branch in branches
        for line in (f"{'  ' * depth}{branch.kind}  {branch.names}", *told(list(branch.children), depth + 1))
    ]


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["x:y:Z", "p:q:R"])), max_size=30), st.integers(0, 30))
def test_every_resource_is_counted_once_whatever_is_set_apart(shape: list[tuple[int, str]], apart: int) -> None:
    builder = Builder("dev")
    made = [builder.add(STACK, "root")]
    for index, (above, type_) in enumerate(shape):
        made.append(builder.add(type_, f"n{index}", made[above % len(made)]))
    branches = grow(builder.snapshot(), [made[apart % len(made)].urn])
    assert counted(branches) == len(made)


def test_more_than_three_alike_are_one_line_and_their_children_stand_there_once() -> None:
    builder = Builder("dev")
    root = builder.add(STACK, "shop-dev")
    for name in ("c", "a", "b", "d"):
        builder.tenant(name, root)
    assert told(grow(builder.snapshot())) == [
        "pulumi:pulumi:Stack  shop-dev",
        "  4 x hedgerow:index:Tenant, all alike  a, b, c, d",
        "    kubernetes:core/v1:Namespace  *",
        "    kubernetes:core/v1:ResourceQuota  *",
        "    4 x kubernetes:networking.k8s.io/v1:NetworkPolicy  *-default-deny, *-dns, *-egress, *-same-namespace",
    ]


def test_one_that_differs_or_that_a_finding_is_about_stands_for_itself() -> None:
    builder = Builder("dev")
    root = builder.add(STACK, "shop-dev")
    spaces = [builder.tenant(name, root) for name in ("a", "b", "c", "d", "e", "f")]
    builder.add("x:y:Z", "extra", next(item for item in builder.resources if item.name == "b"))
    lines = [line for line in told(grow(builder.snapshot(), [spaces[4].urn])) if "Tenant" in line]
    assert lines == [
        "  4 x hedgerow:index:Tenant, all alike  a, c, d, f",
        "  hedgerow:index:Tenant  b",
        "  hedgerow:index:Tenant  e",
    ]


def test_a_chain_that_no_program_makes_ends_in_a_count() -> None:
    builder = Builder("dev")
    last = builder.add(STACK, "root")
    for index in range(500):
        last = builder.add("x:y:Z", f"n{index}", last)
    (branch,) = grow(builder.snapshot())
    for _ in range(DEEPEST):
        (branch,) = branch.children
    assert (branch.children, branch.below) == ((), 1)


def test_a_circle_of_parents_ends() -> None:
    first = Resource("u::1", "x:y:Z", "1", parent="u::2")
    second = Resource("u::2", "x:y:Z", "2", parent="u::1")
    assert grow(Snapshot.of("p", "s", [first, second])) == []
