"""What an instance type holds as a node: checked against AWS's own numbers and an independent derivation."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.facts.aws import instances
from hedgerow.facts.aws.instances import Instance, UnknownInstance, allocatable, instance, max_pods

NAMES = sorted(instances._instances())

PODS = [  # type, with addresses, with prefixes: research/aws-eks.md section 3 (EKS user guide, nodeadm)
    ("t3.small", 11, 110),
    ("t3.medium", 17, 110),
    ("t4g.medium", 17, 110),
    ("t3.large", 35, 110),
    ("m6g.medium", 8, 98),
    ("m5.large", 29, 110),
    ("m6i.large", 29, 110),
    ("m7g.large", 29, 110),
    ("m7i.large", 29, 110),
    ("m6i.xlarge", 58, 110),
    ("c5.xlarge", 58, 110),
    ("g5.xlarge", 58, 110),
    ("m5.4xlarge", 234, 110),
    ("m5.24xlarge", 737, 250),
]


@pytest.mark.parametrize(("type_", "addresses", "prefixes"), PODS)
def test_pods_a_node(type_: str, addresses: int, prefixes: int) -> None:
    assert max_pods(instance(type_)) == addresses
    assert max_pods(instance(type_), prefix_delegation=True) == prefixes


@pytest.mark.parametrize(("type_", "pods"), [("m5.large", 29), ("m5.4xlarge", 110), ("m5.24xlarge", 250)])
def test_a_managed_node_group_caps_the_number_in_either_mode(type_: str, pods: int) -> None:
    assert max_pods(instance(type_), managed=True) == pods
    assert max_pods(instance(type_), managed=True, prefix_delegation=True) >= min(pods, 110)


def test_only_the_default_network_card_counts() -> None:
    assert instance("p5.48xlarge").interfaces == 2
    assert max_pods(instance("p5.48xlarge")) == 2 * 49 + 2
    assert instance("c6in.32xlarge").interfaces == 8


def test_prefixes_need_nitro() -> None:
    assert not instance("m4.large").nitro
    assert max_pods(instance("m4.large"), prefix_delegation=True) == max_pods(instance("m4.large")) == 20
    assert instance("c5.metal").nitro


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("m5.large", (2, 8192, "x86_64", 0, "", 0, 3, 10, True)),
        ("m7g.xlarge", (4, 16384, "arm64", 0, "", 0, 4, 15, True)),
        ("g5.12xlarge", (48, 196608, "x86_64", 4, "A10G", 0, 15, 50, True)),
        ("g6f.large", (2, 8192, "x86_64", 1, "L4", 0, 2, 10, True)),
        ("p5.48xlarge", (192, 2097152, "x86_64", 8, "H100", 0, 2, 50, True)),
        ("inf2.48xlarge", (192, 786432, "x86_64", 0, "", 12, 15, 50, True)),
        ("t2.micro", (1, 1024, "x86_64", 0, "", 0, 2, 2, False)),
    ],
)
def test_rows_of_the_table(type_: str, expected: tuple[object, ...]) -> None:
    assert instance(type_) == (type_, *expected)


def possible(row: Instance) -> bool:
    sizes = row.vcpu >= 1 and row.memory_mib >= 512 and row.interfaces >= 1 and row.ipv4_per_interface >= 2
    return sizes and row.arch in ("x86_64", "arm64") and bool(row.gpus) == bool(row.gpu)


def test_every_row_is_possible() -> None:
    assert [name for name in NAMES if instance(name).type != name or not possible(instance(name))] == []


def test_the_table_has_the_current_families_and_no_mac() -> None:
    families = {name.partition(".")[0] for name in NAMES}
    assert len(NAMES) > 1300
    assert {"m5", "m7i", "m8g", "c7g", "r8i", "t3", "t4g", "g5", "g6e", "p5", "i4i", "trn2", "inf2"} <= families
    assert not any(name.startswith("mac") for name in NAMES)


def test_an_unknown_type_is_answered_with_near_ones_and_the_tables_date() -> None:
    with pytest.raises(UnknownInstance) as error:
        instance("m7i.2xlrage")
    source = "EC2 DescribeInstanceTypes as recorded in moto 5.2.5, read 2026-11-21"
    assert str(error.value) == (
        f"instance type 'm7i.2xlrage' is not in the table ({source}); did you mean"
        " m7i.2xlarge or m7i.24xlarge or m7i.12xlarge?"
    )
    with pytest.raises(UnknownInstance, match=r"; write one such as m7i\.large$"):
        instance("e2-standard-4")


@pytest.mark.parametrize(
    ("type_", "pods", "cpu", "memory"),
    [  # nodeadm's formula by hand: 60 + 10 + 2 x 5 + 2.5 a CPU after; 255 + 11 a pod + 100
        ("t3.medium", 17, 1930, 4096 - 255 - 187 - 100),
        ("m5.large", 29, 1930, 8192 - 255 - 319 - 100),
        ("m5.large", 110, 1930, 8192 - 255 - 1210 - 100),
        ("m6g.medium", 8, 940, 4096 - 255 - 88 - 100),
        ("m5.xlarge", 58, 3920, 16384 - 255 - 638 - 100),
        ("m5.4xlarge", 234, 15890, 65536 - 255 - 2574 - 100),
        ("m5.24xlarge", 250, 95690, 393216 - 255 - 8107 - 100),
    ],
)
def test_what_nodeadm_leaves_for_pods(type_: str, pods: int, cpu: int, memory: int) -> None:
    assert allocatable(instance(type_), pods, overhead=Fraction(0)) == (cpu, memory)


def test_memory_that_no_pod_sees_is_taken_off_first() -> None:
    assert allocatable(instance("m5.large"), 29) == (1930, 7577 - 674)
    assert allocatable(instance("m7g.large"), 29) == (1930, (8192 - 64) * 925 // 1000 - 674)


def test_a_node_too_small_for_its_pods_has_no_memory_left() -> None:
    assert allocatable(instance("t3.nano"), 110).memory_mib == 0


@given(st.sampled_from(NAMES), st.integers(1, 250))
def test_allocatable_is_less_than_what_was_bought_and_shrinks_with_pods(type_: str, pods: int) -> None:
    row = instance(type_)
    one, more = allocatable(row, pods), allocatable(row, pods + 1)
    assert 0 < one.cpu_milli < 1000 * row.vcpu
    assert 0 <= more.memory_mib <= one.memory_mib < row.memory_mib


@given(st.integers(1, 1000))
def test_reserved_cpu_follows_the_ladder(vcpu: int) -> None:
    ladder = [60, 10, 5, 5]
    expected = sum(ladder[:vcpu]) + (max(vcpu - 4, 0) * 5) // 2
    row = Instance("x", vcpu, 10**6, "x86_64", 0, "", 0, 4, 15, nitro=True)
    assert allocatable(row, 110).cpu_milli == 1000 * vcpu - expected
