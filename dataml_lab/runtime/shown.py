"""How values and numbers look in sentences."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

BRACKETS = {list: ("[", "]"), tuple: ("(", ")"), set: ("{", "}"), dict: ("{", "}"), frozenset: ("frozenset({", "})")}


def shown(value: object, most: int = 80) -> str:
    """A value as Python writes it, on one line, in so many characters at most; an ellipsis ends what is cut. Of a long
    value no more is written than is shown.

    >>> shown("none"), shown("x" * 100, 6), shown([[1], {"a": (2,)}])
    ("'none'", "'xxxx…", "[[1], {'a': (2,)}]")
    """
    text = ""
    for part in _parts(value, most + 1):
        text += part
        if len(text) > 2 * most:
            break
    text = " ".join(text.split())  # tables have many lines, and a sentence is one
    return text if len(text) <= most else text[:most - 1] + "…"


def _parts(value: object, most: int) -> Iterator[str]:
    """The text of a value, piece by piece, so that the caller can stop early."""
    kind = type(value)
    if kind in (str, bytes):
        yield repr(value[:most]) if len(value) <= most else repr(value[:most])[:-1] + "…"
    elif kind is int and value.bit_length() > 4_096:
        yield f"a whole number of {value.bit_length():,} bits"
    elif kind in BRACKETS and value:
        first, last = BRACKETS[kind]
        yield first
        yield from _items(value, most)
        yield f",{last}" if kind is tuple and len(value) == 1 else last
    else:
        yield repr(value)


def _items(value: list | tuple | set | dict, most: int) -> Iterator[str]:
    """The texts of what a container holds, and the commas in between."""
    for number, item in enumerate(islice(value, most)):
        yield ", " if number else ""
        yield from _parts(item, most)
        if type(value) is dict:
            yield ": "
            yield from _parts(value[item], most)


def digits(value: float, most: int = 3) -> str:
    """A number in so many significant digits, with powers of ten only where it is tiny or huge.

    >>> digits(9.8611e-5), digits(2_368.9), digits(0.0), digits(36_599.72, 6), digits(1e299)
    ('0.0000986', '2,370', '0', '36,599.7', '1e+299')
    """
    rounded = f"{value:.{most}g}"
    return f"{Decimal(rounded):,f}" if value == 0 or 1e-9 < abs(value) < 1e15 else rounded
