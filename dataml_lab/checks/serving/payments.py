"""The store, the model and the state that `score_all` is given, and what online scoring answers."""

import math
import zlib
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from dataml_lab.runtime.answers import Handle
from dataml_lab.runtime.deadline import Stopped
from dataml_lab.runtime.plain import plain
from dataml_lab.runtime.process import Process
from dataml_lab.runtime.shown import shown

Row = dict[str, Any]
Partitions = dict[str, list[Row]]
MOST = 10  # rows that the model scores in a call
FIELDS = ("amount", "account_days", "method")  # of a payment, that the model takes
METHODS = ("card", "paypal", "transfer", "voucher")
NEW_METHODS = ("crypto", "invoice")  # that no version has met
GAPS: tuple[Row, ...] = (
    {"amount": None}, {"account_days": None}, {"method": None}, {"method": NEW_METHODS[0]},
    {"account_days": None, "method": NEW_METHODS[1]}, {"amount": None, "method": None})  # fmt: skip
ZEROS: tuple[Row, ...] = ({"amount": 0.0, "method": "card"}, {"account_days": 0, "method": "card"})


class Version(NamedTuple):
    """A version of the model: weights, and of its training data the median account in days and the methods."""

    bias: float
    amount: float
    days: float
    methods: dict[str, float]  # the weight of each, "other" among them
    median_days: int

    def score(self, row: Row) -> float:
        """The probability of fraud for a row without gaps. A method that isn't known has no weight."""
        x = (self.bias + self.amount * math.log1p(row["amount"]) - self.days * math.log1p(row["account_days"])
             + self.methods.get(row["method"], 0.0))
        return 1 / (1 + math.exp(-x))

    def online(self, row: Row) -> float | None:
        """What a request with this row is answered with; None without an amount."""
        return None if row["amount"] is None else self.score(self.filled(row))

    def filled(self, row: Row) -> Row:
        """The row, in which days and a method that are missing are filled, and one that isn't known is "other"."""
        days = self.median_days if row["account_days"] is None else row["account_days"]
        return {**row, "account_days": days, "method": row["method"] if row["method"] in self.methods else "other"}


@dataclass(frozen=True)
class Payments:
    """Payments of six days by partition, of which three are special: none, one without an amount, and exactly as many
    as the model takes. Each larger one has a payment of every kind of `GAPS` and `ZEROS`.

    `later` is what the partitions are the next day: one more, a late payment in an old one, and in another an amount
    that was missing. `late` is a payment that comes to the partition `busy` as soon as that was read. Of the versions,
    which were trained on different methods, `champion` is the champion at first, `higher` and `lower` may be promoted.
    """

    partitions: Partitions
    later: Partitions
    busy: str
    late: Row
    versions: dict[int, Version]
    champion: int
    higher: int
    lower: int
    seed: int

    @property
    def promotions(self) -> list[tuple[int, Partitions]]:
        """One after the other, versions that are promoted between runs, and the payments that the store has then."""
        return [(self.higher, self.partitions), (self.lower, self.partitions), (self.champion, self.later)]


def payments(seed: int) -> Payments:
    """Partitions of about 48 payments, and three versions of a model."""
    random = np.random.default_rng(seed)
    sizes = [MOST, 0, int(random.integers(12, 15)), 1, int(random.integers(21, 27))]
    ids = iter((1_000 + random.permutation(1_000)).tolist())
    partitions = {f"2025-03-{day:02d}": [payment(random, next(ids)) for _ in range(size)]
                  for day, size in enumerate(sizes, 1)}
    full, _, middle, single, large = partitions
    for day in (full, middle, large):
        put(random, partitions[day], (*GAPS, *ZEROS))
    partitions[single][0]["amount"] = None
    lower, champion, higher = np.cumsum(random.integers(3, 9, 3)).tolist()
    versions = {lower: version(random, "paypal", -1.0, (500, 700)),
                champion: version(random, "transfer", -2.0, (90, 150)),
                higher: version(random, "voucher", -1.5, (15, 60))}
    later = partitions | {middle: [*partitions[middle], payment(random, next(ids))],
                          full: with_amount(partitions[full]),
                          "2025-03-06": [payment(random, next(ids)) for _ in range(5)]}
    return Payments(partitions, later, large, payment(random, next(ids)), versions, champion, higher,
                    lower, seed)


def payment(random: np.random.Generator, payment_id: int) -> Row:
    """A payment without gaps, by an account older than a day."""
    return {"payment_id": payment_id, "amount": round(float(random.uniform(5, 400)), 2),
            "account_days": int(random.integers(170, 450)), "method": str(random.choice(METHODS))}


def put(random: np.random.Generator, rows: list[Row], changes: tuple[Row, ...]) -> None:
    """Makes each of these changes to a row of its own; the last row stays as it is."""
    places = random.permutation(len(rows) - 1)[:len(changes)]
    for place, change in zip(places.tolist(), changes, strict=True):
        rows[place] |= change


def with_amount(rows: list[Row]) -> list[Row]:
    """The rows, of which the first that lacks its amount and nothing else has one."""
    place = next(place for place, row in enumerate(rows) if row["amount"] is None and row["method"])
    return [*rows[:place], {**rows[place], "amount": 77.5}, *rows[place + 1:]]


def version(random: np.random.Generator, unknown: str, bias: float, median: tuple[int, int]) -> Version:
    """A version that was trained without this method."""
    methods = [method for method in METHODS if method != unknown]
    weights = dict(zip(methods, random.uniform(-0.4, 0.4, len(methods)).tolist(), strict=True))
    return Version(bias + float(random.uniform(-0.2, 0.2)), float(random.uniform(0.2, 0.4)),
                   float(random.uniform(0.3, 0.5)), weights | {"other": 0.9}, int(random.integers(*median)))


@dataclass
class Disk:
    """What outlives a process: the rows of scores of each partition, and the state."""

    scores: dict[str, list] = field(default_factory=dict)
    state: Any = None

    def twin(self) -> "Disk":
        """Another disk with the same on it."""
        return Disk({name: list(rows) for name, rows in self.scores.items()}, self.state)


class Store(Handle):
    """What `score_all` is given as `store`: payments by partition, and scores. `late` comes to the partition `busy`
    once that was read, if one is given."""

    def __init__(self, disk: Disk, process: Process, partitions: Partitions, busy: str = "",
                 late: Row | None = None) -> None:
        self._disk, self._process, self._partitions = disk, process, dict(partitions)
        self._busy, self._late = busy, late
        self.were_read: list[str] = []
        self.written = 0  # calls that have written

    @property
    def now(self) -> Partitions:
        """The payments that are there now."""
        return self._partitions

    def partitions(self) -> dict[str, int]:
        """The stamp of each partition: a number that is another one whenever its payments are."""
        return {name: zlib.crc32(repr(rows).encode()) for name, rows in self._partitions.items()}

    def read(self, partition: str) -> list[Row]:
        """The payments of a partition."""
        self._known(partition)
        self._process.step("before store.read")
        self.were_read.append(partition)
        if len(self.were_read) > 10 * len(self._partitions) + 10:
            raise Stopped(f"score_all read {len(self.were_read)} times from a store of {len(self._partitions)} "
                          "partitions and was not done: when does its loop end?")
        found = [dict(row) for row in self._partitions[partition]]
        if partition == self._busy and self.were_read.count(partition) == 1:
            self._partitions[partition] = [*self._partitions[partition], self._late]
        return found

    def write(self, partition: str, rows: list[Row]) -> None:
        """Keeps rows as the scores of a partition, in place of those there were; all or none."""
        kept = self._rows("write", partition, rows)
        self._process.step("before store.write")
        self._disk.scores[partition] = kept
        self.written += 1
        self._process.step("after store.write")

    def append(self, partition: str, rows: list[Row]) -> None:
        """Adds rows to the scores of a partition, one after the other."""
        kept = self._rows("append", partition, rows)
        self._process.step("before store.append")
        scores = self._disk.scores.setdefault(partition, [])
        scores += kept[:len(kept) // 2]
        self._process.step("in the middle of store.append")
        scores += kept[len(kept) // 2:]
        self.written += 1
        self._process.step("after store.append")

    def _known(self, partition: Any) -> None:
        if not isinstance(partition, str) or partition not in self._partitions:
            raise ValueError(f"the store has no partition {shown(partition, 60)}, only {', '.join(self._partitions)}")

    def _rows(self, call: str, partition: Any, rows: Any) -> list[Row]:
        self._known(partition)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise TypeError(f"store.{call} takes a partition and a list of dicts, not {shown(rows, 60)}")
        return plain(rows)


class Model(Handle):
    """What `score_all` is given as `model`: its versions, of which one is the champion, and from a step of the process
    on another one, if that is given."""

    def __init__(self, versions: dict[int, Version], champion: int, process: Process, promoted: int | None = None,
                 at: int = 0) -> None:
        self._versions, self._champion, self._process = versions, champion, process
        self._promoted, self._at = promoted, at
        self._calls = 0

    def champion(self) -> int:
        """The version that online scoring uses now."""
        promoted = self._promoted is not None and len(self._process.steps) >= self._at
        return self._promoted if promoted else self._champion

    def trained_on(self, version: int) -> Row:
        """What is known of a version's training data: the median of `account_days`, and the methods."""
        known = self._version(version)
        return {"median_days": known.median_days, "methods": list(known.methods)}

    def score(self, rows: list[Row], version: int) -> list[float]:
        """The scores of 1 to MOST rows without gaps, in their order."""
        known = self._version(version)
        self._calls += 1
        if self._calls > 5_000:
            raise Stopped(f"score_all called the model {self._calls - 1:,} times and was not done: when does its loop "
                          "end?")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise TypeError(f"model.score takes a list of dicts, not {shown(rows, 60)}")
        if not 1 <= len(rows) <= MOST:
            raise ValueError(f"model.score takes 1 to {MOST} rows, not {len(rows)}")
        taken = plain([{name: row.get(name) for name in FIELDS} for row in rows])
        for row in taken:
            _check(row)
        return [known.score(row) for row in taken]

    def _version(self, version: Any) -> Version:
        number = plain(version)
        if not isinstance(number, int) or number not in self._versions:
            raise ValueError(f"the model has no version {shown(number, 60)}")
        return self._versions[number]


def _check(row: Row) -> None:
    """ValueError where a row has a gap, or what is no amount, number of days or method."""
    for name in FIELDS:
        if row[name] is None:
            raise ValueError(f"model.score takes rows without gaps, and here {name} is missing: {shown(row, 120)}")
        fine = (isinstance(row[name], str) if name == "method" else
                isinstance(row[name], int | float) and 0 <= row[name] < math.inf)
        if not fine:
            raise ValueError(f"model.score was given a row with {name} {shown(row[name], 60)}")


class State(Handle):
    """What `score_all` is given as `state`: a note that outlives the process."""

    def __init__(self, disk: Disk, process: Process) -> None:
        self._disk, self._process = disk, process

    def load(self) -> Any:
        """The note that was saved last; None at first."""
        return plain(self._disk.state)

    def save(self, note: Any) -> None:
        """Keeps a note in place of the last one; all or none."""
        kept = plain(note)
        self._process.step("before state.save")
        self._disk.state = kept
        self._process.step("after state.save")
