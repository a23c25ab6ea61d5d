import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.k8s.ports import Ports, read_ports
from components.shared.inputs import Wrong

PORTS = st.builds(
    lambda protocol, ends: Ports(protocol, min(ends), max(ends)),
    st.sampled_from(["TCP", "UDP", "SCTP"]),
    st.tuples(st.integers(1, 65535), st.integers(1, 65535)),
)


@given(PORTS)
def test_what_is_written_is_read_back(ports: Ports) -> None:
    assert Ports.parse(str(ports)) == ports


@pytest.mark.parametrize(
    ("text", "manifest"),
    [
        ("TCP/8443", {"protocol": "TCP", "port": 8443}),
        ("UDP/53", {"protocol": "UDP", "port": 53}),
        ("TCP/8000-8010", {"protocol": "TCP", "port": 8000, "endPort": 8010}),
        ("SCTP/1-65535", {"protocol": "SCTP", "port": 1, "endPort": 65535}),
    ],
)
def test_ports_become_what_a_network_policy_wants(text: str, manifest: dict[str, object]) -> None:
    assert Ports.parse(text).manifest() == manifest


LIKE = "type it like 'TCP/8443', 'UDP/53' or 'TCP/8000-8010'"


@pytest.mark.parametrize(
    ("given_list", "problem"),
    [
        (["8443"], f"internet must be a protocol and a port, got '8443'; {LIKE}"),
        (["tcp/8443"], f"internet must be a protocol and a port, got 'tcp/8443'; {LIKE}"),
        (["TCP/0"], f"internet must be a protocol and a port, got 'TCP/0'; {LIKE}"),
        (["TCP/080"], f"internet must be a protocol and a port, got 'TCP/080'; {LIKE}"),
        (["TCP/٤٤٣"], f"internet must be a protocol and a port, got 'TCP/٤٤٣'; {LIKE}"),
        (["ANY/1"], f"internet must be a protocol and a port, got 'ANY/1'; {LIKE}"),
        (["TCP/443\n"], f"internet must be a protocol and a port, got 'TCP/443\\n'; {LIKE}"),
        (["TCP/65536"], f"internet must be a port up to 65535, got 'TCP/65536'; {LIKE}"),
        (["TCP/1-99999"], f"internet must be a port up to 65535, got 'TCP/1-99999'; {LIKE}"),
        (["TCP/90-80"], f"internet must run from a lower port to a higher one, got 'TCP/90-80'; {LIKE}"),
        (["TCP/80-80"], f"internet must run from a lower port to a higher one, got 'TCP/80-80'; {LIKE}"),
        (["TCP/443", "TCP/443"], "internet must name each port once, got 'TCP/443'; delete one of them"),
        ("TCP/443", "internet must be a list, got 'TCP/443'; type [TCP/443]"),
        ([443], "internet must be a list of texts, got 443; type '443'"),
        (
            [f"TCP/{port}" for port in range(1, 26)],
            "internet must have at most 24 entries, got 25; join neighbours, such as 'TCP/8000-8010'",
        ),
    ],
)
def test_fails_when_ports_are_not_written_right(given_list: object, problem: str) -> None:
    wrong = Wrong()
    read_ports(wrong, ("internet",), given_list)
    assert [str(each) for each in wrong.problems] == [problem]


@given(
    st.lists(PORTS, unique=True, max_size=24).flatmap(lambda ports: st.tuples(st.just(ports), st.permutations(ports)))
)
def test_the_order_of_ports_changes_nothing(orders: tuple[list[Ports], list[Ports]]) -> None:
    one, other = ([str(ports) for ports in order] for order in orders)
    assert read_ports(Wrong(), ("internet",), one) == read_ports(Wrong(), ("internet",), other)
