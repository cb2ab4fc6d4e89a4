"""What a judge says: data, objects of the package and exceptions as they are, and of all else a reference."""

import json
import random
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
from dataml_lab.runtime.trusted_pickle import Reference, dumps, loads


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
