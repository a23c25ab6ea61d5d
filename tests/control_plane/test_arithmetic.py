"""Hedgerow reads every spelling of a quantity as the server does, and refuses what the server refuses."""

from fractions import Fraction
from itertools import count

import pytest

from hedgerow.facts import quantity
from hedgerow.graph.capacity.amounts import thousandths
from hedgerow.rehearsal.client import Answer
from hedgerow.rehearsal.plane import ControlPlane

pytestmark = pytest.mark.control_plane
NUMBERS = count()
SUFFIXES = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
WRITTEN = ["1", "0", "7", "1.0", "1.5", "0.001", ".5", "5.", "+1", "001", "1000", "1024", "999999"]
EXPONENTS = ["e0", "e3", "E3", "e+3", "e-3", "E-3", "e03", "e12"]
SPELT = [
    *(f"{number}{suffix}" for number in WRITTEN for suffix in SUFFIXES),
    *(f"{number}{exponent}" for number in WRITTEN for exponent in EXPONENTS),
    *(" 1", "1 ", "0.1n", "1.0000000001", "8Ei", "9E", "9223372036854775807", "9223372036854775808"),
]
"""1, 1.0, 1000m, 1k, 1Ki, 1e3, 1E3 and every other one."""
REFUSED = [
    *("", "a", "1K", "1ki", "1kI", "1mi", "1 Gi", "1e", "1e3k", "1Kim", "--1", "1-", "0x10", "1_000", "1,5", "1..5"),
    *("Infinity", "NaN", "1/2", "one", "1GiB", "1GB", "1b", "½"),
]

PRINTED_WRONG = {"1000E": "1"}
"""Above 999E a server 1.36 prints no suffix at all (docs/traps.md)."""


def asked(plane: ControlPlane, text: str | float) -> Answer:
    """What the server says of a quota of so much memory."""
    body = {"metadata": {"name": f"spelt-{next(NUMBERS)}"}, "spec": {"hard": {"requests.memory": text}}}
    return plane.client.create("/api/v1/namespaces/default/resourcequotas?dryRun=All", body)


def test_every_spelling_is_read_alike(plane: ControlPlane) -> None:
    """What the server keeps is the same number, in thousandths; finer ones it rounds up, as hedgerow's sums do."""
    answers = dict(zip(SPELT, plane.client.each(lambda text: asked(plane, text), SPELT), strict=True))
    differ = {}
    for text, answer in answers.items():
        if answer.ok:
            kept = answer.body["spec"]["hard"]["requests.memory"]
            if thousandths(kept) != thousandths(text):
                differ[text] = kept
        else:
            differ[text] = answer.message
    assert differ == PRINTED_WRONG


def test_numbers_without_quotes_are_read_alike(plane: ControlPlane) -> None:
    for given in (1, 1000, 2.0, 1e3, 1e21):
        kept = asked(plane, given).body["spec"]["hard"]["requests.memory"]
        assert quantity.parse(kept) == quantity.parse(given), given


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_quantity_is_refused_by_both(plane: ControlPlane, text: str) -> None:
    with pytest.raises(quantity.QuantityError):
        quantity.parse(text)
    answer = asked(plane, text)
    assert answer.code in (400, 422), (text, answer.body)


def test_what_is_written_is_read_again(plane: ControlPlane) -> None:
    """The texts that trials send come back as the same number; the decimal ones word by word."""
    sizes = [Fraction(number) * unit for unit in (1, 1000, 2**10, 2**20, 2**30, 10**9) for number in (1, 3, 1023, 1024)]
    for family in ("", "Mi"):
        texts = [quantity.format(size, family) for size in sizes]
        answers = plane.client.each(lambda text: asked(plane, text), texts)
        kept = [answer.body["spec"]["hard"]["requests.memory"] for answer in answers]
        assert [quantity.parse(text) for text in kept] == sizes
        assert family or kept == texts
