"""The faults of raw records: how often, in which fields, and what each does to a record's text."""

from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np

from dataml_lab.store.schema import Schema

IMPOSSIBLE = ("2025-02-30", "2025-13-07", "2025-04-31", "2025-00-12")
UNKNOWN_VALUES = ("other", "n/a", "XX", "test")
UNKNOWN_FIELDS = ("coupon", "legacy_id", "utm_source", "debug")
KEPT, REPAIRED = ("late", "unknown_field"), ("number_as_text",)
DAY_US, BATCH_US = 86_400_000_000, 900_000_000


@dataclass(frozen=True)
class Faults:
    """How many of a table's records have each fault, as shares from 0 to 1.

    A record has at most one of the faults from `missing_field` on; it may also be late; only a record without
    such a fault is repeated. A fault that no field of a table can have does not occur there.
    """

    repeated: float = 0.02
    late: float = 0.02
    missing_field: float = 0.005
    null_field: float = 0.005
    number_as_text: float = 0.01
    negative: float = 0.005
    age_250: float = 0.005
    impossible_date: float = 0.005
    zone_dropped: float = 0.005
    malformed: float = 0.005
    unknown_field: float = 0.01
    unknown_category: float = 0.005

    def __post_init__(self) -> None:
        """ValueError if a share is not in 0..1, or the faults of content sum to more than 1."""
        for name, share in asdict(self).items():
            if not 0 <= share <= 1:
                raise ValueError(f"Faults({name}={share!r}): a share lies between 0 and 1")
        total = sum(self.content().values())
        if total > 1 + 1e-9:
            raise ValueError(f"the shares from missing_field to unknown_category sum to {total:g}: at most 1")

    @classmethod
    def none(cls) -> "Faults":
        """No faults at all."""
        return cls(*[0.0] * len(cls.__dataclass_fields__))

    def content(self) -> dict[str, float]:
        """The shares of the faults in a record's content, of which it has at most one."""
        return {name: share for name, share in asdict(self).items() if name not in ("repeated", "late")}


class Place(NamedTuple):
    """The records (positions) with one fault, in which field of each, and the JSON text it should have."""

    fault: str
    rows: np.ndarray
    field: np.ndarray
    original: np.ndarray


def expected(fault: str) -> str:
    """What a cleaner should do with such a record: "keep", "repair" or "quarantine".

    >>> expected("late"), expected("number_as_text"), expected("repeated")
    ('keep', 'repair', 'quarantine')
    """
    return "keep" if fault in KEPT else "repair" if fault in REPAIRED else "quarantine"


def candidates(schema: Schema, fault: str) -> list[str]:
    """The fields of a table's records that can have this fault; when a record arrived is never wrong."""
    fields = {
        "missing_field": [field.name for field in schema.fields if field.required],
        "null_field": [field.name for field in schema.fields if field.required],
        "number_as_text": schema.names("money", "number", "whole"),
        "negative": schema.names("money"),
        "age_250": [name for name in schema.names("whole") if name == "age"],
        "impossible_date": schema.names("time"),
        "zone_dropped": schema.names("time"),
        "unknown_category": schema.names("category"),
    }[fault]
    return [name for name in fields if name != "received_at"]


def spoiled(fault: str, text: str, luck: float) -> str | None:
    """The JSON text a field has after the fault; None if it is left out. `luck` in [0, 1) picks a variant.

    >>> spoiled("number_as_text", "42.5", 0.0), spoiled("zone_dropped", '"2025-03-01T12:00:00+02:00"', 0.0)
    ('"42.50"', '"2025-03-01T12:00:00"')
    """
    match fault:
        case "missing_field":
            return None
        case "null_field":
            return "null"
        case "number_as_text":
            return f'"{float(text):.2f}"' if "." in text else f'"{text}"'
        case "negative":
            return "-" + text
        case "age_250":
            return "250"
        case "impossible_date":
            return f'"{IMPOSSIBLE[int(luck * len(IMPOSSIBLE))]}{text[11:]}'
        case "zone_dropped":
            return text[:20] + '"'
        case "unknown_category":
            return f'"{UNKNOWN_VALUES[int(luck * len(UNKNOWN_VALUES))]}"'
    raise ValueError(f"no such fault in a field: {fault!r}")


def draw_faults(faults: Faults, u: np.ndarray) -> dict[str, np.ndarray]:
    """The records (positions) with each fault of content, from a uniform per record."""
    shares = faults.content()
    edges = np.cumsum(list(shares.values()))
    code = np.searchsorted(edges, u, side="right")
    return {fault: np.flatnonzero(code == number) for number, fault in enumerate(shares)}


def spoil(schema: Schema, cells: dict[str, np.ndarray], fault: str, rows: np.ndarray, u: np.ndarray) -> Place:
    """Put a fault into one field of each of these records, in place; `u` is (2, records) uniforms.

    The field is one of the candidates that isn't null; a record that has none stays sound.
    """
    names = np.array(candidates(schema, fault), dtype=object)
    filled = np.array([cells[name][rows] != "null" for name in names], bool).reshape(len(names), len(rows))
    count = filled.sum(axis=0)
    rows, filled, luck, count = rows[count > 0], filled[:, count > 0], u[:, rows[count > 0]], count[count > 0]
    chosen = np.cumsum(filled, axis=0) > luck[0] * count
    field = names[chosen.argmax(axis=0)] if len(rows) else np.array([], dtype=object)
    original = np.array([cells[name][row] for name, row in zip(field, rows, strict=True)], dtype=object)
    for name, row, text, turn in zip(field, rows, original, luck[1], strict=True):
        cells[name][row] = spoiled(fault, text, turn)
    return Place(fault, rows, field, original)


def late_arrival(moment: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Arrival (µs) 1 to 4 days after these moments (µs), with a batch of the exporter: on a quarter-hour."""
    return -(-(moment + DAY_US + (u * 2.98 * DAY_US).astype(np.int64)) // BATCH_US) * BATCH_US


def second_arrival(arrival: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Arrival (µs) of a copy, a quarter of an hour to two days after the original, again with a batch."""
    return -(-(arrival + BATCH_US + (u * 1.98 * DAY_US).astype(np.int64)) // BATCH_US) * BATCH_US
