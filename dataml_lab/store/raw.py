"""Raw exports: JSON lines in the order of arrival, with faults, and the plan of those faults."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.store.draws import uniforms
from dataml_lab.store.faults import (
    UNKNOWN_FIELDS,
    Faults,
    Place,
    draw_faults,
    expected,
    late_arrival,
    second_arrival,
    spoil,
)
from dataml_lab.store.schema import Field, Schema

SECOND_US = 1_000_000


class Raw(NamedTuple):
    """A raw export: one JSON object per line, in the order of arrival, and the plan of its faults.

    `plan` has a row per fault: `line` (from 1), `key` (the record's id as text), `fault`, `field`, `original`
    (JSON text of the true value; of a malformed line the whole line; empty for an unknown field) and
    `expected` ("keep", "repair", "quarantine"). `received_at` (datetime64[us], UTC) is when each line came.
    """

    table: str
    lines: list[str]
    plan: pd.DataFrame
    received_at: np.ndarray

    def __repr__(self) -> str:
        return f"Raw({self.table}: {len(self.lines):,} lines, {len(self.plan):,} planned faults)"

    def write(self, path: str | Path) -> Path:
        """Write the lines to a file, whole or not at all; returns its path."""
        return write_whole(Path(path), "".join(line + "\n" for line in self.lines))


def write_whole(path: Path, text: str) -> Path:
    """Write a text file so that it has either its old content or all of the new one."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(text.encode())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def make_raw(
    schema: Schema,
    table: pd.DataFrame,
    offset: np.ndarray,
    start: int,
    faults: Faults,
    rng: np.random.Generator,
) -> Raw:
    """The raw export of a table whose records are written on clocks `offset` seconds ahead of UTC.

    A record is complete at the latest of its times, promises aside, or at `start` (Unix seconds) if it has
    none. It arrives up to 30 seconds later, or at its own `received_at`; if late, 1 to 4 days later.
    """
    u = uniforms(rng, len(table), 9)
    moment = completed(schema, table, start)
    on_time = arrivals(table, moment, u[0])
    cells = json_cells(schema, table, offset)
    draft = Draft(schema, cells, cells[schema.key].copy(), *add_faults(schema, cells, faults, u[1:4]))
    late = np.flatnonzero(u[5] < faults.late)
    arrival = on_time.copy()
    arrival[late] = late_arrival(moment[late], u[6, late])
    copied = np.flatnonzero(draft.sound() & (u[7] < faults.repeated))
    again = second_arrival(arrival[copied], u[8, copied])
    copies = len(table) + np.arange(len(copied))
    draft.places.append(in_arrival("late", late, on_time[late]))
    draft.places.append(in_arrival("repeated", copies, arrival[copied]))
    return draft.sent(np.append(np.arange(len(table)), copied), np.append(arrival, again))


def in_arrival(fault: str, rows: np.ndarray, original: np.ndarray) -> Place:
    """A fault of when these records arrived; `original` in microseconds."""
    return Place(fault, rows, np.full(len(rows), "received_at", object), arrival_cells(original))


class Draft(NamedTuple):
    """Records before they are sent: JSON texts by field (None: left out), and the faults they have so far."""

    schema: Schema
    cells: dict[str, np.ndarray]
    key: np.ndarray
    places: list[Place]
    extra: np.ndarray  # JSON text of a field no schema has, or None
    cut: np.ndarray  # the share of the line after which it breaks off; 1 for a whole one

    def sound(self) -> np.ndarray:
        """Which records have no fault in their content."""
        sound = np.ones(len(self.key), bool)
        sound[np.concatenate([place.rows for place in self.places])] = False
        return sound

    def sent(self, source: np.ndarray, received: np.ndarray) -> Raw:
        """The export of the records `source` (a copy is a second mention), arriving at `received` (µs)."""
        order = np.argsort(received, kind="stable")
        prefixes = [f'"{name}": ' for name in [*self.cells, "received_at"]]
        columns = [*self.cells.values(), self.extra]
        rows = zip(*(column[source[order]].tolist() for column in columns), strict=True)
        stamps = arrival_cells(received[order]).tolist()
        whole = [json_line(prefixes, row, stamp) for row, stamp in zip(rows, stamps, strict=True)]
        ends = self.cut[source[order]].tolist()
        lines = [line if end == 1 else line[: int(len(line) * end)] for line, end in zip(whole, ends, strict=True)]
        arrived = received[order].astype("datetime64[us]")
        return Raw(self.schema.table, lines, self.plan(source, order, whole), arrived)

    def plan(self, source: np.ndarray, order: np.ndarray, whole: list[str]) -> pd.DataFrame:
        """The plan of the faults, line by line; `whole` holds the lines before they break off."""
        row = np.argsort(order)
        parts = [
            {
                "line": row[place.rows] + 1,
                "key": self.key[source[place.rows]],
                "fault": place.fault,
                "field": place.field,
                "original": [whole[k] for k in row[place.rows]] if place.fault == "malformed" else place.original,
                "expected": expected(place.fault),
            }
            for place in self.places
        ]
        plan = pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)
        text = dict.fromkeys(["key", "fault", "field", "original", "expected"], "str")
        return plan.astype(text).sort_values(["line", "fault"], ignore_index=True)


def json_line(prefixes: list[str], row: tuple, received: str) -> str:
    """A record as one line of JSON; `row` ends with the text of an unknown field, or None.

    >>> json_line(['"id": ', '"total": ', '"received_at": '], ("7", None, None), '"2025-03-01T12:00:00Z"')
    '{"id": 7, "received_at": "2025-03-01T12:00:00Z"}'
    """
    known = [prefix + cell for prefix, cell in zip(prefixes, (*row[:-1], received), strict=True) if cell is not None]
    return "{" + ", ".join(known if row[-1] is None else [*known, row[-1]]) + "}"


def add_faults(
    schema: Schema, cells: dict[str, np.ndarray], faults: Faults, u: np.ndarray
) -> tuple[list[Place], np.ndarray, np.ndarray]:
    """Put the faults of content into `cells`; returns places, unknown fields and cuts of lines."""
    places, extra, cut = [], np.full(u.shape[1], None, object), np.ones(u.shape[1])
    for fault, rows in draw_faults(faults, u[0]).items():
        if fault == "malformed":
            cut[rows] = 0.2 + 0.6 * u[1, rows]
            places.append(Place(fault, rows, np.full(len(rows), "", object), np.full(len(rows), "", object)))
        elif fault == "unknown_field":
            field = np.array(UNKNOWN_FIELDS, object)[(u[1, rows] * len(UNKNOWN_FIELDS)).astype(int)]
            extra[rows] = [f'"{name}": "{int(luck * 1000)}"' for name, luck in zip(field, u[2, rows], strict=True)]
            places.append(Place(fault, rows, field, np.full(len(rows), "", object)))
        else:
            places.append(spoil(schema, cells, fault, rows, u[1:3]))
    return places, extra, cut


def completed(schema: Schema, table: pd.DataFrame, start: int) -> np.ndarray:
    """When each record was complete, in microseconds."""
    names = [name for name in schema.names("time") if name not in ("received_at", "promised_at")]
    if not names:
        return np.full(len(table), start * SECOND_US)
    latest = table[names].max(axis=1)
    return microseconds(latest)


def arrivals(table: pd.DataFrame, moment: np.ndarray, u: np.ndarray) -> np.ndarray:
    """When each record arrives if nothing goes wrong, in microseconds."""
    if "received_at" in table:
        return microseconds(table["received_at"])
    return moment + (1 + (u * 30).astype(np.int64)) * SECOND_US


def microseconds(column: pd.Series) -> np.ndarray:
    """Times as microseconds since 1970."""
    return column.dt.tz_convert(None).to_numpy().astype("datetime64[us]").astype(np.int64)


def arrival_cells(moments: np.ndarray) -> np.ndarray:
    """Moments (µs) as JSON texts in UTC.

    >>> arrival_cells(np.array([0]))
    array(['"1970-01-01T00:00:00Z"'], dtype=object)
    """
    texts = np.datetime_as_string(moments.astype("datetime64[us]"), unit="s")
    return np.array([f'"{text}Z"' for text in texts], object)


def json_cells(schema: Schema, table: pd.DataFrame, offset: np.ndarray) -> dict[str, np.ndarray]:
    """The JSON text of every field but `received_at`, by field."""
    return {
        field.name: json_column(field, table[field.name], offset)
        for field in schema.fields
        if field.name != "received_at"
    }


def json_column(field: Field, column: pd.Series, offset: np.ndarray) -> np.ndarray:
    """A column as JSON texts; `null` where it has a hole."""
    missing = column.isna().to_numpy()
    if field.kind == "time":
        texts = local_times(microseconds(column), offset)
    elif field.kind in ("category", "text"):
        codes, values = pd.factorize(column)
        texts = np.array([json.dumps(str(value), ensure_ascii=False) for value in values] + ["null"], object)
        texts = texts[codes]
    else:
        values = column.fillna(0) if missing.any() else column
        texts = np.array([json.dumps(value) for value in values.tolist()], object)
    texts[missing] = "null"
    return texts


def local_times(moments: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Moments (µs) as JSON texts on clocks `offset` seconds ahead of UTC.

    >>> local_times(np.array([0]), np.array([-5 * 3600]))
    array(['"1969-12-31T19:00:00-05:00"'], dtype=object)
    """
    local = np.datetime_as_string((moments + offset * SECOND_US).astype("datetime64[us]"), unit="s")
    ends = {value: f"{value // 3600:+03d}:00" for value in np.unique(offset).tolist()}
    return np.array([f'"{text}{ends[value]}"' for text, value in zip(local, offset.tolist(), strict=True)], object)
