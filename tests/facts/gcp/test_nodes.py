"""What a GKE node has left for pods, against the documentation's own steps, written out."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.facts.gcp.machines import Machine, machine
from hedgerow.facts.gcp.nodes import allocatable, disk_mib


@pytest.mark.parametrize(
    ("type_", "milli", "kept_gib"),
    [
        # 60 + 10 + 5 + 5 of the first four processors; 1 + 0.8 GiB of the first 8, 0.8 of the next 8
        ("n2-standard-4", 4000 - 80, Fraction(26, 10)),
        ("n2-standard-32", 32000 - 80 - 70, Fraction(26, 10) + Fraction(672, 100)),
        ("e2-medium", 2000 - 1060, Fraction(1)),
    ],
)
def test_what_is_kept_of_a_machine(type_: str, milli: int, kept_gib: Fraction) -> None:
    found = machine(type_)
    room = allocatable(found, overhead=Fraction(0))
    assert room.cpu_milli == milli
    assert room.memory_mib == found.memory_mib - -(-kept_gib * 1024 // 1) - 100


@given(st.integers(1, 128), st.integers(512, 2_000_000))
def test_a_larger_machine_never_has_less(vcpu: int, mib: int) -> None:
    small, large = (Machine("n2-custom", vcpu + more, mib + more, "x86_64", 0, "") for more in (0, 1))
    one, other = allocatable(small), allocatable(large)
    assert one.cpu_milli <= other.cpu_milli
    # the step from what small machines keep to a quarter of the first GiB is one of 1 MiB
    assert one.memory_mib <= other.memory_mib + 1


def test_half_of_a_small_disk_is_kept() -> None:
    assert disk_mib(10) == (Fraction(99, 10) * Fraction(9, 10) - Fraction(99, 20)) * 1024 // 1
    assert disk_mib(1000) == (Fraction(990) * Fraction(9, 10) - 100) * 1024
