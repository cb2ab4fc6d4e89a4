"""How values and numbers look in sentences."""

from decimal import Decimal


def shown(value: object, most: int = 80) -> str:
    """A value as Python writes it, on one line, in so many characters at most; an ellipsis ends what is cut.

    >>> shown("none"), shown("x" * 100, 6)
    ("'none'", "'xxxx…")
    """
    text = " ".join(repr(value).split())  # tables have many lines, and a sentence is one
    return text if len(text) <= most else text[:most - 1] + "…"


def digits(value: float, most: int = 3) -> str:
    """A number in so many significant digits, with powers of ten only where it is tiny or huge.

    >>> digits(9.8611e-5), digits(2_368.9), digits(0.0), digits(36_599.72, 6), digits(1e299)
    ('0.0000986', '2,370', '0', '36,599.7', '1e+299')
    """
    rounded = f"{value:.{most}g}"
    return f"{Decimal(rounded):,f}" if value == 0 or 1e-9 < abs(value) < 1e15 else rounded
