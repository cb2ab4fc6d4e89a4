"""The log and the table of `deliver`: what a process that may crash reads from, and what it writes to."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from dataml_lab.runtime.answers import Handle
from dataml_lab.runtime.deadline import Stopped
from dataml_lab.runtime.plain import plain
from dataml_lab.runtime.process import Process
from dataml_lab.runtime.shown import shown

Record = dict[str, int]
PAGE = 20  # records that one read brings at most
REACH = 100  # records after which a producer doesn't send an order again
SHORT = 8  # numbers and words in a key that are not counted
SEGMENT = 50  # records in a file of the log; no read goes beyond the end of one


@dataclass(frozen=True)
class Producer:
    """What a producer has sent: orders once each; orders of which it repeated some; and orders that it repeated all, as
    far as repeats reach. Of the first and second, two are alike."""

    once: list[Record]
    repeated: list[Record]
    at_reach: list[Record]
    seed: int


def producer(seed: int) -> Producer:
    """Logs of 165 to 175 records, farther than repeats reach; of some 670, with repeats near and far; and of 200."""
    random = np.random.default_rng(seed)
    once = with_alike(random, records(random, int(random.integers(165, 176))))
    many = with_alike(random, records(random, int(random.integers(580, 590))))
    return Producer(numbered(once), numbered(with_repeats(random, many)), numbered(2 * records(random, REACH)), seed)


def with_alike(random: np.random.Generator, orders: list[Record]) -> list[Record]:
    """The orders, two of which, one after the other, are of one customer and as many cents."""
    place = int(random.integers(5, 60))
    again = {**orders[place], "order_id": orders[place + 1]["order_id"]}
    return [*orders[:place + 1], again, *orders[place + 2:]]


def records(random: np.random.Generator, count: int) -> list[Record]:
    """Orders of seven customers, whose numbers are those of some orders as well; no two are of as many cents."""
    first = int(random.integers(100, 1_000))
    users = [int(user) for user in first + random.choice(count, 7, replace=False)]
    cents = 100 + random.choice(29_900, count, replace=False)
    return [{"order_id": first + int(number), "user_id": users[int(random.integers(7))], "cents": int(of)}
            for number, of in zip(random.permutation(count), cents, strict=True)]


def with_repeats(random: np.random.Generator, orders: list[Record]) -> list[Record]:
    """The orders, and about every ninth once or twice more: in the next place, later, or at the end of reach."""
    again = set(random.choice(len(orders) - REACH, 65, replace=False).tolist())
    found, due = [], {}
    for number, order in enumerate(orders):
        while len(found) in due:
            found.append(due.pop(len(found)))
        free = [place for place in (len(found) + after for after in (1, 15, 45, REACH)) if place not in due]
        if number in again:
            due |= dict.fromkeys(random.permutation(free)[:random.integers(1, 3)].tolist(), order)
        found.append(order)
    return found


def numbered(orders: list[Record]) -> list[Record]:
    """The orders as records of a log, with their offsets."""
    return [{"offset": offset, **{name: value for name, value in order.items() if name != "offset"}}
            for offset, order in enumerate(orders)]


def totals(log: list[Record]) -> dict[int, int]:
    """By customer the cents of all orders of a log, each counted once."""
    found: Counter = Counter()
    for order in {record["order_id"]: record for record in log}.values():
        found[order["user_id"]] += order["cents"]
    return dict(found)


class Machine:
    """What outlives a process: the offset that was committed at the broker, and the rows of the table."""

    def __init__(self) -> None:
        self.committed, self.rows = 0, {}


class Log(Handle):
    """What `deliver` is given as `log`: the records of a topic with one partition, and the committed offset."""

    def __init__(self, records: list[Record], machine: Machine, process: Process) -> None:
        self._records, self._machine, self._process = records, machine, process
        self.read_at: list[int] = []
        self.returned: set[int] = set()  # the offsets of all records that a read has brought

    def read(self, offset: int) -> list[Record]:
        """The records from an offset on, up to PAGE or the end of a segment; none at the end of the log."""
        if not isinstance(offset, int) or offset < 0:
            raise TypeError(f"log.read takes an offset, a whole number from 0, not {shown(offset, 60)}")
        self._process.step("before log.read")
        self.read_at.append(offset)
        if len(self.read_at) > 3 * len(self._records) + 10:
            raise Stopped(f"deliver read {len(self.read_at)} times from a log of {len(self._records)} records and was "
                          "not done: when does its loop end?")
        end = min(offset + PAGE, offset // SEGMENT * SEGMENT + SEGMENT)
        found = [dict(record) for record in self._records[offset:end]]
        self.returned.update(record["offset"] for record in found)
        return found

    def commit(self, offset: int) -> None:
        """Lets the broker keep an offset, in place of the last one."""
        if not isinstance(offset, int) or not 0 <= offset < 2**63:
            raise TypeError(f"log.commit takes an offset, a whole number from 0 to 2⁶³ - 1, not {shown(offset, 60)}")
        self._process.step("before log.commit")
        self._machine.committed = offset
        self._process.step("after log.commit")

    def committed(self) -> int:
        """The offset committed last; 0 at first."""
        return self._machine.committed


class Table(Handle):
    """What `deliver` is given as `table`: values by key, in a database."""

    def __init__(self, machine: Machine, process: Process) -> None:
        self._machine, self._process = machine, process

    def get(self, key: Any) -> Any:
        """The value of a key; None where there is none."""
        return plain(self._machine.rows.get(key))

    def write(self, rows: dict) -> None:
        """Writes values under their keys, all or none; in place of those that are there. None deletes a key."""
        if not isinstance(rows, dict):
            raise TypeError(f"table.write takes a dict of keys and values, not a {type(rows).__name__}")
        self._process.step("before table.write")
        kept = self._machine.rows | plain(rows)
        self._machine.rows = {key: value for key, value in kept.items() if value is not None}
        self._process.step("after table.write")


def size(value: Any) -> int:
    """How many numbers and words a value holds, of a key and its value the larger; a long text has a word in eight
    characters, a long number one in 64 bits.

    >>> size({"offset": 7, "recent": [1, 2, {3: 4}]}), size("[900417, 900424]"), size(1 << 128)
    (4, 2, 3)
    """
    if isinstance(value, dict):
        return sum(max(1, size(part), size(key) - SHORT) for key, part in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return sum(map(size, value))
    if isinstance(value, str | bytes):
        return max(1, len(value) // 8)
    if isinstance(value, int):
        return 1 + value.bit_length() // 64
    if isinstance(value, Decimal):
        return 1 + len(value.as_tuple().digits) // 16
    if isinstance(value, np.ndarray | pd.Series | pd.Index | pd.DataFrame):
        return max(value.size, size_of_cells(value))
    return 1


def size_of_cells(value: Any) -> int:
    """How many numbers and words the objects in an array or table hold, its labels and the names of many columns."""
    if isinstance(value, np.ndarray):
        return size(value.ravel().tolist()) if value.dtype.kind in "OSU" else value.nbytes // 8
    if isinstance(value, pd.DataFrame):
        return size_of_cells(value.index) + max(0, size_of_cells(value.columns) - SHORT) + sum(
            size_of_cells(value.iloc[:, place].to_numpy()) for place in range(value.shape[1]))
    if isinstance(value, pd.RangeIndex):
        return 0
    return size_of_cells(value.to_numpy()) + (size_of_cells(value.index) if isinstance(value, pd.Series) else 0)
