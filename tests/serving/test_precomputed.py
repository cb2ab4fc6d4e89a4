"""A table of scores that is made again: whole or as it was, with the age of what it knows."""

import numpy as np
import pandas as pd
import pytest

from dataml_lab.serving import SchemaError, save
from dataml_lab.serving.precomputed import Precomputed, PrecomputedError
from tests.serving.worlds import payments, pipeline, schema

NOON = pd.Timestamp("2025-03-01 12:00", tz="UTC")
LATER = NOON + pd.Timedelta("15min")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return save(tmp_path_factory.mktemp("models") / "fraud", pipeline(), schema(), "fraud", 3)


@pytest.fixture
def rows():
    return payments().head(20).set_axis(range(100, 120))


@pytest.fixture
def table(tmp_path):
    table = Precomputed(tmp_path / "scores.db")
    yield table
    table.close()


def test_a_key_has_the_score_of_its_row_and_its_age(table, model, rows):
    table.refresh(model, rows, NOON)
    found = [table.get(key, LATER) for key in rows.index]
    assert np.array_equal([one.score for one in found], model.score(rows))
    assert {one[1:] for one in found} == {(3, pd.Timedelta("15min"))}


def test_before_the_first_refresh_and_without_a_row_there_is_nothing(table, model, rows):
    assert table.get(100, NOON) is None
    table.refresh(model, rows, NOON)
    assert table.get(7, NOON) is None


def test_a_refresh_replaces_the_whole_table(table, model, rows):
    table.refresh(model, rows, NOON)
    table.refresh(model, rows.iloc[:5], LATER)
    assert table.get(100, LATER).age == pd.Timedelta(0) and table.get(119, LATER) is None


def test_a_refresh_that_fails_changes_nothing(table, model, rows):
    table.refresh(model, rows, NOON)
    with pytest.raises(SchemaError):
        table.refresh(model, rows.assign(amount=-1), LATER)
    with pytest.raises(PrecomputedError):  # a key that comes twice
        table.refresh(model, rows.set_axis([100] * len(rows)), LATER)
    assert table.get(100, NOON).age == pd.Timedelta(0) and table.get(119, NOON) is not None


def test_another_process_would_see_it(table, model, rows):
    table.refresh(model, rows, NOON)
    other = Precomputed(table.path)
    assert other.get(100, LATER) == table.get(100, LATER)
    other.close()


def test_a_file_that_is_no_table_is_named(tmp_path):
    (tmp_path / "scores.db").write_bytes(b"x" * 5_000)
    with pytest.raises(PrecomputedError, match=r"scores\.db"):
        Precomputed(tmp_path / "scores.db")
