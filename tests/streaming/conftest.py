"""Small events, a question about them, and the answer in the slow and obvious way."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from dataml_lab.streaming import Arrived, Question, Sessions, Sliding, Tumbling

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
WINDOWS = [Tumbling(10), Sliding(12, slide=4), Sessions(5)]


class Toy(NamedTuple):
    """An event `at` seconds from the beginning, worth some cents."""

    id: int
    key: str
    at: float
    cents: int = 100
    status: str = "completed"


def value(toy):
    """What a record says of an event; what is no event is the record's value already."""
    return json.dumps(toy._asdict()).encode() if isinstance(toy, Toy) else toy


def parse(raw):
    """The event that a record tells of; ValueError if it doesn't say when."""
    if "at" not in raw:
        raise ValueError("at: missing")
    return {**raw, "at": BEGIN + timedelta(seconds=raw["at"]), "total": raw["cents"] / 100}


def question(windows, **changes):
    return Question(windows, "key", "total", ("status", "completed"), "id", "at", parse)._replace(**changes)


def records(partitions):
    """All records of a topic, which is a list of toys for each partition, one partition after the other."""
    return [Arrived(p, o, value(toy)) for p, toys in enumerate(partitions) for o, toy in enumerate(toys)]


def sifted(toys, lateness):
    """What becomes of a partition's records: lists of toys by the names in Counts, and `watermark`."""
    found, ids, watermark = defaultdict(list), set(), float("-inf")
    for toy in toys:
        if not isinstance(toy, Toy):
            found["quarantined"].append(toy)
            continue
        if toy.status != "completed":
            found["left_out"].append(toy)
        elif toy.at < watermark:
            found["late"].append(toy)
        elif toy.id in ids:
            found["repeated"].append(toy)
        else:
            found["counted"].append(toy)
            ids.add(toy.id)
        watermark = max(watermark, toy.at - lateness)
    return found, watermark


def spans_of(windows, moments):
    """The windows that some moments make, as pairs of start and end."""
    if isinstance(windows, Sessions):
        moments = sorted(moments)
        cuts = [n for n in range(1, len(moments)) if moments[n] - moments[n - 1] >= windows.gap]
        parts = [moments[a:b] for a, b in zip([0, *cuts], [*cuts, len(moments)], strict=True)]
        return [(part[0], part[-1] + windows.gap) for part in parts]
    slide = windows.slide if isinstance(windows, Sliding) else windows.size
    first, last = (int(edge(moments) // slide) for edge in (min, max))
    starts = range(first - int(windows.size // slide), last + 1)  # BEGIN is a multiple of each slide
    return [(n * slide, n * slide + windows.size) for n in starts]


def answer(windows, partitions, lateness):
    """Rows (key, start, end, events, cents), of all windows and of those final, by start and key."""
    sifts = [sifted(toys, lateness) for toys in partitions if toys]
    watermark = min((watermark for _, watermark in sifts), default=float("-inf"))
    by_key = defaultdict(list)
    for found, _ in sifts:
        for toy in found["counted"]:
            by_key[toy.key].append(toy)
    rows = []
    for key, toys in by_key.items():
        for start, end in spans_of(windows, [toy.at for toy in toys]):
            inside = [toy.cents for toy in toys if start <= toy.at < end]
            rows += [(start, key, end, len(inside), sum(inside))] if inside else []
    rows = [(key, start, end, events, cents) for start, key, end, events, cents in sorted(rows)]
    return rows, [row for row in rows if row[2] <= watermark]


def shown(table):
    """The rows of `results` as the oracle has them."""
    rows = table.itertuples(index=False)
    since = [((row.start - BEGIN).total_seconds(), (row.end - BEGIN).total_seconds()) for row in table.itertuples()]
    return [(row.key, *span, row.events, round(row.total * 100)) for row, span in zip(rows, since, strict=True)]


def everything(processor):
    """All that a processor tells, comparable."""
    tables = (processor.results(True), processor.results(), processor.late(), processor.quarantined())
    told = [table.astype("str").to_numpy().tolist() for table in tables]
    return [*told, processor.positions, processor.watermark, processor.counts, processor.state_size]


@pytest.fixture(scope="session")
def toys():
    """The names above, for the tests."""
    names = (Toy, answer, everything, parse, question, records, shown, sifted, value)
    return SimpleNamespace(BEGIN=BEGIN, WINDOWS=WINDOWS, **{name.__name__: name for name in names})
