"""Exercise split: that its tables have every case that the prompt speaks of, and finds a misplaced row."""

import pandas as pd
import pytest

from dataml_lab.checks.evaluation.split import split
from dataml_lab.checks.evaluation.subscriptions import (
    BOTH,
    FORWARD,
    LEFT_OUT,
    SETTLED,
    SHARE,
    WINDOW,
    WRITTEN,
    subscriptions,
)
from tests.catalogued import catalogued

SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 10))]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_table_has_each_case_of_the_prompt(seed):
    for table in subscriptions(seed).all:
        asked, written = table.rows["asked_at"], table.rows["written_at"]
        assert table.rows.index.is_unique and not asked.is_monotonic_increasing and len(table.rows) == 480
        assert (written < table.ends).sum() > 50 and (written == table.ends).sum() > 20
        assert (written > table.ends + 7 * pd.Timedelta(days=1)).sum() > 20
        old = table.ends < table.exported_at - pd.Timedelta(days=60)
        assert (old & written.isna()).sum() >= 3, "never written, however old"
        assert (written == table.exported_at).sum() == 1
        still_open = (table.ends > table.exported_at) & written.notna()
        assert still_open.sum() >= 2 and table.rows["cancels"][still_open].all(), "only cancellations are known"
        assert asked.duplicated().any() == ("Mondays" in table.what)


@pytest.mark.parametrize("seed", SEEDS)
def test_right_answers_misplace_no_row_and_the_loop_agrees(seed):
    for name in ("right_settled", "right_loop", "right_numpy"):
        answer = catalogued("split", name)["split"]
        for table in subscriptions(seed).all:
            train, test = answer(table.rows, table.horizon, table.exported_at)
            assert not any(table.misplaced(train, test).values())
            start = table.start(test)
            settled = [row.Index for row in table.rows.itertuples()
                       if row.written_at <= start and row.asked_at + table.horizon <= start]
            assert set(train) == set(settled)
            assert SHARE[0] <= table.share(test) <= SHARE[1]


def test_a_misplaced_row_breaks_its_demand_only():
    table = subscriptions(2).weekly
    train, test = map(list, catalogued("split", "right_settled")["split"](table.rows, table.horizon, table.exported_at))
    start, asked, written = table.start(test), table.rows["asked_at"], table.rows["written_at"]

    def demands(train, test):
        return {demand for demand, rows in table.misplaced(train, test).items() if rows}

    def first(rows):
        return rows.index[rows][0]

    assert demands(train[1:], test) in ({LEFT_OUT}, set()) and demands(train[5:], test) == {LEFT_OUT}
    assert demands([*train, test[0]], test) == {BOTH, FORWARD, WINDOW, WRITTEN}
    assert demands([*train, first((asked < start) & (table.ends > start) & (written < start))], test) == {WINDOW}
    assert demands([*train, first((table.ends <= start) & (written > start))], test) == {WRITTEN}
    assert demands([*train, first((table.ends <= start) & written.isna())], test) == {WRITTEN}
    assert demands(train, [*test, first((asked > start) & written.isna())]) == {SETTLED}
    assert demands(train, [*test, first((table.ends > table.exported_at) & written.notna())]) == {SETTLED}


def test_what_is_settled_just_before_the_test_is_trained_on():
    world = subscriptions(4)
    for table in (world.weekly, world.long):
        moments = table.rows["asked_at"].drop_duplicates().sort_values()
        between = moments.iloc[len(moments) * 3 // 4] - (moments.diff().iloc[len(moments) * 3 // 4]) / 2
        usable = table.settled(table.exported_at)
        train = table.rows.index[table.settled(between)]
        test = table.rows.index[usable & (table.rows["asked_at"] >= between)]
        found = table.misplaced(train, test)
        assert {demand for demand, rows in found.items() if rows} == {LEFT_OUT}
        assert all(table.settled(table.start(test))[label] for label in found[LEFT_OUT])


@pytest.mark.parametrize(("returned", "words"), [
    (([1], []), "no label of a row"), ("ab", "where (train, test) is needed"),
    ((pd.DataFrame(), []), "Return the index")])
def test_what_is_no_split_is_told_in_words(returned, words):
    verdict = split.judge({"split": lambda *given: returned}, [1])
    assert words in verdict.findings[0].sentence and verdict.earned == 0
