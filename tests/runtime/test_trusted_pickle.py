"""What a judge says: data, objects of the package and exceptions as they are, and of all else a reference."""

import copy
import json
import random
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks.exercise import Finding
from dataml_lab.pipeline.clean import Rejected
from dataml_lab.pipeline.ingest import Line
from dataml_lab.runtime.answers import Handle
from dataml_lab.runtime.process import Crash
from dataml_lab.runtime.safe_codec import CodecError
from dataml_lab.runtime.trusted_pickle import Reference, dumps, loads, surely_same


class Desk(Handle):
    """A handle with a secret."""

    def __init__(self):
        self.secret = "planted"

    def get(self):
        return self.secret


class Own:
    """No class of the package."""


class Row(NamedTuple):
    a: int


def lent(thing):
    return Reference(7, "it", ("get",)) if isinstance(thing, Handle) or callable(thing) else None


def resolved(reference):
    return ("stands for", reference)


@pytest.mark.parametrize("thing", [
    Desk(), Desk().get, lambda: "planted", lent, partial(lent, "planted"), {"planted": 1}.get, Own, Finding, json.dumps,
    np.random.default_rng(0).normal,
])  # fmt: skip
def test_what_is_lent_stays_where_it_is(thing):
    message = dumps({"lent": [(thing, 5)]}, lent)
    assert b"planted" not in message
    assert loads(message, resolved) == {"lent": [(resolved(Reference(7, "it", ("get",))), 5)]}


@pytest.mark.parametrize("thing", [Own(), [Own()], {"a": {1: Own()}}, Row(1), Finding("p", 1, "holds"),
                                   random.Random(1), pd.Series([Own()]), pd.DataFrame({"a": [Row(1)]})])
def test_what_is_neither_data_nor_lent_is_named_and_not_written(thing):
    with pytest.raises(CodecError):
        dumps(thing, lent)


@pytest.mark.parametrize("thing", [Line("a.csv", 3, "a"), Rejected("total", "negative"), KeyError("x"), Crash("at 3")])
def test_objects_of_the_package_and_exceptions_arrive_as_they_are(thing):
    (found,) = loads(dumps([thing], lent), resolved)
    assert type(found) is type(thing) and repr(found) == repr(thing) and str(found) == str(thing)


def test_one_thing_twice_is_one_thing():
    table = pd.DataFrame({"a": [1]})
    one, other = loads(dumps([table, table], lent), resolved)
    assert one is other


@pytest.mark.parametrize("part", [
    lambda table: table.head(1), lambda table: table[table["number"] < 2], lambda table: table["text"].iloc[:1],
    lambda table: table.index[:1], lambda table: table["number"].to_numpy()[:1], lambda table: table.T.iloc[:, :1],
    lambda table: next(iter(table.groupby("number")))[1],
])  # fmt: skip
def test_a_part_of_a_table_shows_nothing_of_the_rest(part):
    table = pd.DataFrame({
        "text": ["seen", "planted"], "number": [1, 7_777_777_777],
        "object": pd.Series(["seen", "planted"], dtype=object),
        "whole": pd.array([1, 7_777_777_777], dtype="Int64"), "when": pd.to_datetime(["2025-01-01", "2099-12-31"]),
    }, index=["seen", "planted"])  # fmt: skip
    last = int(table["when"].to_numpy().view("int64")[-1])
    rest = [b"planted", *(number.to_bytes(8, "little") for number in (7_777_777_777, last))]
    message = dumps(part(table), lent)
    assert all(secret in dumps(table, lent) and secret not in message for secret in rest)


FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None], "c": [1, 2], "d": [0.5, np.nan], "e": [[1], 2]})
CHANGES = {
    "a value": lambda frame: frame.assign(a=[1.0, 3.0]), "a text": lambda frame: frame.assign(b=["x", "y"]),
    "a type": lambda frame: frame.assign(c=[1.0, 2.0]), "the order": lambda frame: frame[["b", "a", "c", "d", "e"]],
    "a name": lambda frame: frame.rename(columns={"a": "A"}), "the index": lambda frame: frame.set_index([[3, 4]]),
    "a row": lambda frame: frame.iloc[:1], "inside": lambda frame: frame.assign(e=[[2], 2]),
    "the sign of zero": lambda frame: frame.assign(a=[1.0, 2.0], d=[0.5, 0.0]),
}


def test_what_is_left_as_it_was_is_surely_the_same():
    later = FRAME.assign(z=FRAME["a"] * 2)  # laid out otherwise than its copy
    rows = [{"a": 1, "t": datetime(2026, 1, 1, tzinfo=UTC)}] * 2
    for value in (FRAME, later, later[later["a"] > 1], FRAME["b"], rows, {"x": [later]}, (1, "a", None, 0.5)):
        given = loads(dumps(value, lambda _: None), lambda _: None)
        assert surely_same(given, copy.deepcopy(given))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_is_not_surely_the_same(change):
    assert not surely_same(FRAME, change(copy.deepcopy(FRAME))) and not surely_same([FRAME], [change(FRAME)])


def test_objects_that_can_not_be_written_are_not_surely_the_same():
    class Odd:
        def __reduce_ex__(self, protocol):
            raise ZeroDivisionError

    thing = Odd()
    assert not surely_same([thing], [thing]) and not surely_same(1, 1.0) and not surely_same(0.0, -0.0)
