"""Kubernetes quantities, exactly: `250m`, `1.5`, `400Gi`, `1e3`.

Follows `resource.Quantity` of kubernetes/apimachinery, read at eed236ce of 2026-07-23. What matters of it:

- A value finer than nano is rounded away from zero, so that whoever asks for something gets something: `0.1n` is `1n`.
- A value with a binary suffix is cut, silently, at 2^63-1 either way: `8Ei` is one less than it says.
- `1E` is exa; `1E3` and `1e3` are exponents; `1e` is nothing.
- Space around the text is dropped, as the server does with JSON.

Refused here although the server reads them: a number without a digit (`.`, `-`, `Ki`, `E3`: to it, zero), an exponent
beyond 99, and a text longer than 100 characters.
"""

import functools
import math
import re
from fractions import Fraction

LARGEST_BINARY = 2**63 - 1
"""Where the server cuts a value written with a binary suffix."""

_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DECIMAL_SUFFIX = {power: suffix for suffix, power in _DECIMAL.items()}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_BINARY_SUFFIX = {power: suffix for suffix, power in _BINARY.items()}
_EXPONENT = r"[eE][+-]?[0-9]+"
_TEXT = re.compile(rf"([+-]?)([0-9]*)(?:\.([0-9]*))?({_EXPONENT}|[KMGTPE]i|[numkMGTPE]?)")
_LONGEST, _LARGEST_EXPONENT = 100, 99
_WANTED = "write a number such as 250m, 1.5, 400Gi or 1e3 (suffixes n u m k M G T P E, Ki Mi Gi Ti Pi Ei)"


class QuantityError(ValueError):
    """A text that is no Kubernetes quantity. The message says what to write."""


def parse(text: str | float) -> Fraction:
    """The exact value of a quantity as the API takes it; QuantityError for anything else."""
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise QuantityError(f"{text!r} is not a quantity; {_WANTED}")
    if isinstance(text, int):
        return Fraction(text)
    return _parse(text if isinstance(text, str) else repr(text))


def format(value: Fraction | int, like: str = "") -> str:  # noqa: A001 (read as quantity.format)
    """The canonical text of a value, in the family of `like`: a quantity or a suffix, such as `1Gi` or `Gi`.

    Default: decimal (`100`, `250m`, `2G`). No digit is lost down to nano; a value that its family cannot say
    (a part of a byte, less than 1Ki, more than the server keeps) is written in the decimal one, as the server does.
    Above 999E the text has an exponent; servers up to 1.36 print such a value without any suffix, which is their fault.
    """
    family = _family(like)
    nano = _away_from_zero(value * 10**9)
    if nano == 0:
        return "0"
    if family == "binary" and nano % 10**9 == 0 and 1024 <= abs(nano // 10**9) <= LARGEST_BINARY:
        number, power = _without_factor(nano // 10**9, 1024, most=6)
        return f"{number}{_BINARY_SUFFIX.get(power, '')}"
    number, power = _without_factor(nano, 1000)
    power = 3 * power - 9
    if family == "exponent" or power not in _DECIMAL_SUFFIX:
        return f"{number}e{power}" if power else str(number)
    return f"{number}{_DECIMAL_SUFFIX[power]}"


@functools.lru_cache(maxsize=4096)
def _parse(text: str) -> Fraction:
    found = _TEXT.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if found is None or not (found[2] or found[3]):
        raise QuantityError(f"{text!r} is not a quantity; {_WANTED}")
    sign, whole, part, suffix = found[1], found[2], found[3] or "", found[4]
    number = Fraction(int(whole + part), 10 ** len(part)) * (-1 if sign == "-" else 1)
    if suffix in _BINARY:
        value = _to_nano(number * 1024 ** _BINARY[suffix])
        return max(Fraction(-LARGEST_BINARY), min(value, Fraction(LARGEST_BINARY)))
    power = _DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:])
    if abs(power) > _LARGEST_EXPONENT:
        raise QuantityError(f"{text!r} has an exponent beyond {_LARGEST_EXPONENT}; {_WANTED}")
    return _to_nano(number * Fraction(10) ** power)


def _family(like: str) -> str:
    suffix = like.strip().lstrip("+-.0123456789")
    if suffix in _BINARY:
        return "binary"
    if suffix in _DECIMAL:
        return "decimal"
    if re.fullmatch(_EXPONENT, suffix):
        return "exponent"
    raise QuantityError(f"{like!r} is neither a quantity nor a suffix; {_WANTED}")


def _to_nano(value: Fraction) -> Fraction:
    return Fraction(_away_from_zero(value * 10**9), 10**9)


def _away_from_zero(value: Fraction | int) -> int:
    return math.ceil(value) if value > 0 else math.floor(value)


def _without_factor(number: int, factor: int, most: int = 1000) -> tuple[int, int]:
    power = 0
    while power < most and number % factor == 0:
        number, power = number // factor, power + 1
    return number, power
