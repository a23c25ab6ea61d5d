"""Quantities are exact, and the same as the API server's."""

from decimal import ROUND_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.facts import quantity
from hedgerow.facts.quantity import QuantityError

WANTED = "write a number such as 250m, 1.5, 400Gi or 1e3 (suffixes n u m k M G T P E, Ki Mi Gi Ti Pi Ei)"

VALUES = [
    ("0", 0),
    ("0Ki", 0),
    ("-0", 0),
    ("1", 1),
    ("+1", 1),
    ("-1", -1),
    (".5", Fraction(1, 2)),
    ("5.", 5),
    ("1.G", 10**9),
    ("007", 7),
    ("5n", Fraction(5, 10**9)),
    ("4u", Fraction(4, 10**6)),
    ("250m", Fraction(1, 4)),
    ("8k", 8000),
    ("7M", 7 * 10**6),
    ("6G", 6 * 10**9),
    ("5T", 5 * 10**12),
    ("2P", 2 * 10**15),
    ("12E", 12 * 10**18),
    ("1Ki", 1024),
    ("7Mi", 7 * 2**20),
    ("400Gi", 400 * 2**30),
    ("5Ti", 5 * 2**40),
    ("4Pi", 4 * 2**50),
    ("3Ei", 3 * 2**60),
    ("0.5Mi", 2**19),
    ("100.035Ki", Fraction(10243584, 100)),
    ("1E", 10**18),
    ("1E3", 1000),
    ("1e3", 1000),
    ("1.3E+6", 1_300_000),
    ("1E-3", Fraction(1, 1000)),
    ("1e99", 10**99),
    (" 1Gi\n", 2**30),
]
ROUNDED = [
    ("0.1n", Fraction(1, 10**9)),
    ("-0.1n", Fraction(-1, 10**9)),
    ("3.001n", Fraction(4, 10**9)),
    ("0.00000012345", Fraction(124, 10**9)),
    ("1e-99", Fraction(1, 10**9)),
    ("0.000000000001Ki", Fraction(2, 10**9)),
]
CUT = [
    ("8Ei", 2**63 - 1),
    ("-9Ei", 1 - 2**63),
    ("9223372036854775807Ki", 2**63 - 1),
]


@pytest.mark.parametrize(("text", "value"), VALUES + ROUNDED + CUT)
def test_a_text_has_the_value_the_server_gives_it(text: str, value: Fraction) -> None:
    assert quantity.parse(text) == value


@pytest.mark.parametrize(
    ("number", "value"), [(3, 3), (3.0, 3), (0.1, Fraction(1, 10)), (1e-7, Fraction(1, 10**7)), (1e22, 10**22)]
)
def test_a_number_means_the_text_that_json_would_carry(number: float, value: Fraction) -> None:
    assert quantity.parse(number) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "abc", "1.1.M", "1+1M", "0.1mi", "0.1am", "1i", ".5i", "1e", "1e-", "1Ee3", "1e1.5", "1 Gi", "1GB"),
        *("1K", ".", "+", "-", "-.", "Ki", "E3", "--1", "1_000", "1,5", "0x1", "\uff11", "1" * 101, "nan", "inf"),
    ],
)
def test_anything_else_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(QuantityError) as error:
        quantity.parse(text)
    assert str(error.value) == f"{text!r} is not a quantity; {WANTED}"


@pytest.mark.parametrize("other", [True, None, [], float("nan"), float("inf")])
def test_values_that_are_no_numbers_are_refused(other: float) -> None:
    with pytest.raises(QuantityError, match="is not a quantity"):
        quantity.parse(other)


@pytest.mark.parametrize("text", ["1e100", "1e-100", "1E999999999999"])
def test_an_absurd_exponent_is_refused_before_it_is_computed(text: str) -> None:
    with pytest.raises(QuantityError) as error:
        quantity.parse(text)
    assert str(error.value) == f"{text!r} has an exponent beyond 99; {WANTED}"


@pytest.mark.parametrize(
    ("value", "like", "text"),
    [
        (Fraction(100), "", "100"),
        (Fraction(1, 4), "", "250m"),
        (Fraction(3, 2), "1", "1500m"),
        (Fraction(2_000_000_000), "k", "2G"),
        (Fraction(1_234_567_000_000), "", "1234567M"),
        (400 * 2**30, "Gi", "400Gi"),
        (400 * 2**30, "1Ki", "400Gi"),
        (400 * 2**30, "", "429496729600"),
        (3 * 2**29, "Gi", "1536Mi"),
        (1001 * 2**30, "Gi", "1001Gi"),
        (1025, "Ki", "1025"),
        (1023, "Ki", "1023"),
        (1000, "Ki", "1k"),
        (Fraction(2049, 2), "Ki", "1024500m"),
        (-(2**20), "Ki", "-1Mi"),
        (2**63, "Ei", "9223372036854775808"),
        (1000, "1e3", "1e3"),
        (Fraction(80, 1000), "E6", "80e-3"),
        (1200, "1e3", "1200"),
        (10**21, "", "1e21"),
        (0, "Gi", "0"),
        (Fraction(1, 3), "", "333333334n"),
        (Fraction(-1, 3), "", "-333333334n"),
    ],
)
def test_a_value_is_written_canonically_in_the_family_asked_for(value: Fraction, like: str, text: str) -> None:
    assert quantity.format(value, like=like) == text


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(QuantityError) as error:
        quantity.format(1, like="GB")
    assert str(error.value) == f"'GB' is neither a quantity nor a suffix; {WANTED}"


def oracle(number: str, suffix: str) -> Decimal:
    """The value by decimal arithmetic, digit by digit as a person would: written apart from the code it judges."""
    with localcontext() as context:
        context.prec = 400
        factor = {"n": "1e-9", "u": "1e-6", "m": "1e-3", "": "1", "k": "1e3", "M": "1e6", "G": "1e9"}.get(suffix)
        factor = factor or {"T": "1e12", "P": "1e15", "E": "1e18"}.get(suffix)
        if factor is None and suffix.endswith("i"):
            factor = str(2 ** (10 * ("KMGTPE".index(suffix[0]) + 1)))
        scale = Decimal(factor) if factor else Decimal(10) ** int(suffix[1:])
        value = (Decimal(number) * scale).quantize(Decimal("1e-9"), rounding=ROUND_UP)
        if suffix.endswith("i"):
            value = max(min(value, Decimal(2**63 - 1)), Decimal(1 - 2**63))
        return value


SUFFIXES = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
EXPONENTS = st.builds("{}{}".format, st.sampled_from("eE"), st.integers(-30, 30))
suffixes = st.sampled_from(SUFFIXES) | EXPONENTS
numbers = st.from_regex(r"[+-]?([0-9]{1,20}(\.[0-9]{0,12})?|\.[0-9]{1,12})", fullmatch=True)


@given(numbers, suffixes)
def test_parsing_agrees_with_decimal_arithmetic(number: str, suffix: str) -> None:
    assert quantity.parse(number + suffix) == Fraction(oracle(number, suffix))


@given(numbers, suffixes, suffixes)
def test_writing_and_reading_again_changes_nothing_in_any_family(number: str, suffix: str, like: str) -> None:
    value = quantity.parse(number + suffix)
    text = quantity.format(value, like=like)
    assert quantity.parse(text) == value
    assert quantity.format(quantity.parse(text), like=like) == text


@given(st.fractions(min_value=-(10**30), max_value=10**30), suffixes)
def test_the_canonical_text_is_the_shortest_that_keeps_the_value(value: Fraction, like: str) -> None:
    text = quantity.format(value, like=like)
    mantissa = text.lstrip("-").rstrip("numkMGTPEKi") if "e" not in text else text.lstrip("-").split("e")[0]
    assert mantissa.isdigit()
    assert not (mantissa.endswith("000") and text != mantissa and "i" not in text)
    assert abs(quantity.parse(text)) >= abs(value)
    assert abs(quantity.parse(text)) - abs(value) < Fraction(1, 10**9)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_order_is_kept(one: int, other: int) -> None:
    smaller, larger = (quantity.parse(f"{milli}m") for milli in sorted((one, other)))
    assert smaller <= larger
    assert (smaller == larger) == (one == other)


@given(st.integers(0, 2**53), st.sampled_from(SUFFIXES[10:]))
def test_binary_suffixes_are_powers_of_1024(count: int, suffix: str) -> None:
    power = SUFFIXES[10:].index(suffix) + 1
    assert quantity.parse(f"{count}{suffix}") == min(count * 1024**power, quantity.LARGEST_BINARY)
