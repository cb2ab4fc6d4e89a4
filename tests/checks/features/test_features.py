"""Exercise 2: that its worlds are as told, which property catches which mistake, and what the sentences say."""

import itertools
import warnings
from dataclasses import replace
from decimal import Decimal
from functools import cache

import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks.features.features import (
    AUC,
    LARGEST,
    PREDICTION,
    auc,
    deployed,
    features,
    gap,
    labels,
    plain_features,
    rank,
    reference,
    rewritten,
    training,
)
from dataml_lab.checks.features.frames import as_numbers, difference, left_out, table
from dataml_lab.checks.features.shop import DAY, before, buys
from dataml_lab.runtime.answers import Failed

NUMBERS, PURE, NEW, ASKED, TRAVEL, EDGE, ORDER, SERVE, DIFFERENT, PREDICTS = [prop.name for prop in features.properties]
fair_world = cache(features.fair_world)
EXERCISE = replace(features, world=fair_world, fair=lambda world: True)
NUMBERED = itertools.count()


def right(tx, users, as_of):
    """A right answer: a row per user, made of nothing but the orders that this user has placed before."""
    past = tx[tx["occurred_at"] < as_of]
    ago = ((as_of - past["occurred_at"]) / DAY).sort_values()
    groups = ago.groupby(past["user_id"])
    found = {"week": (ago <= 7).groupby(past["user_id"]).sum(), "month": (ago <= 30).groupby(past["user_id"]).sum(),
             "orders": groups.size(), "days": groups.min(), "oldest": groups.max()}
    return pd.DataFrame(found).reindex(users).fillna({"days": 300}).fillna(0).astype(float)


def judged(answer, seeds=(1,), measured=None):
    return replace(EXERCISE, measured=measured).judge({"features": answer}, seeds)


def failing(answer, seeds=(1,)):
    return {finding.property: finding.sentence for finding in judged(answer, seeds).findings
            if finding.outcome == "fails"}


def adding(column):
    """The right answer with one column more, `column(tx, users, as_of)`."""
    def features(tx, users, as_of):
        return right(tx, users, as_of).assign(more=pd.Series(column(tx, users, as_of)).reindex(users).fillna(0))
    return features


def changing(change):
    """The right answer, changed at the end."""
    return lambda tx, users, as_of: change(right(tx, users, as_of))


# the worlds


@pytest.mark.parametrize("seed", range(8))
def test_the_worlds_are_as_told(seed):
    world = fair_world(seed)
    past = before(world.tx, world.as_of)
    assert len(set(world.users)) == 12 and set(world.users) <= set(past["user_id"])
    assert world.stranger not in world.everybody and (world.tx["occurred_at"] > world.as_of + 10 * DAY).any()
    today = world.tx[(world.tx["occurred_at"] >= world.as_of) & (world.tx["occurred_at"].dt.date == world.as_of.date())]
    assert set(world.users[:3]) <= set(today["user_id"])
    assert set(world.everybody) - set(past["user_id"]) and not (world.tx["occurred_at"] == world.as_of).any()
    assert set(world.customers) == set(world.tx.loc[world.tx["occurred_at"] < world.shop.day(80), "user_id"])


@pytest.mark.parametrize("seed", range(8))
def test_plain_features_are_better_than_what_is_demanded_and_no_oracle(seed):
    assert AUC + 0.05 < reference(fair_world(seed)) <= 0.82


@pytest.mark.parametrize("seed", range(3))
def test_the_plain_features_are_those_of_a_loop(seed):
    world = fair_world(seed)
    found = plain_features(world.tx, [*world.users, world.stranger], world.as_of)
    for user in [*world.users, world.stranger]:
        mine = world.tx[(world.tx["user_id"] == user) & (world.tx["occurred_at"] < world.as_of)]
        ago = [(world.as_of - moment) / DAY for moment in mine["occurred_at"]]
        assert found.loc[user].tolist() == pytest.approx([sum(days <= 30 for days in ago), min(ago, default=200)])


def test_a_model_that_is_told_the_label_ranks_all_and_one_that_is_told_nothing_none():
    world = fair_world(1)
    truth = labels(world, PREDICTION)
    told, mute = pd.DataFrame({"told": truth * 1.0}), pd.DataFrame({"mute": truth * 0.0})
    assert auc((told, truth), told, truth) == 1 and auc((mute, truth), mute, truth) == 0.5
    assert truth.tolist() == buys(world.tx, world.customers, world.shop.day(PREDICTION)).tolist()


def test_training_sees_the_history_and_the_server_the_past():
    world, seen = fair_world(1), []

    def spy(tx, users, as_of):
        seen.append((tx["occurred_at"].max() >= as_of, as_of))
        return plain_features(tx, users, as_of)

    training(world, spy)
    deployed(world, spy)
    assert seen == [(True, world.shop.day(80)), (True, world.shop.day(101)), (False, world.shop.day(130))]


def test_another_future_leaves_the_past_alone():
    world = fair_world(1)
    assert before(rewritten(world), world.as_of).equals(before(world.tx, world.as_of))
    assert len(rewritten(world)) == len(world.tx) and not rewritten(world).equals(world.tx)


def test_thirteen_points():
    assert features.points == 13 and [prop.name for prop in features.properties if prop.gate] == [NUMBERS]


# the properties


def test_a_right_answer_earns_all():
    assert failing(right, (1, 2)) == {}


def later(tx, users, as_of):
    return tx.groupby("user_id")["amount"].sum()


def at_the_moment(tx, users, as_of):
    return tx[tx["occurred_at"] <= as_of].groupby("user_id").size()


def file_order(tx, users, as_of):
    return tx[tx["occurred_at"] < as_of].groupby("user_id")["amount"].last()


def of_the_batch(tx, users, as_of):
    return right(tx, users, as_of)["orders"].rank()


def count_of_calls(tx, users, as_of):
    return dict.fromkeys(users, next(NUMBERED))


def mean_of_the_file(tx, users, as_of):
    mean = tx[tx["occurred_at"] < as_of].groupby("user_id")["amount"].mean()
    return mean.reindex(users).fillna(tx["amount"].mean())


def mean_of_the_batch(tx, users, as_of):
    mean = tx[tx["occurred_at"] < as_of].groupby("user_id")["amount"].mean().reindex(users)
    return mean.fillna(mean.mean())


def future_of_many(tx, users, as_of):
    """Nothing that a single row could change."""
    return tx.groupby("user_id").size().clip(upper=1) * ((tx["occurred_at"] >= as_of).sum() // 20)


def dearest_of_all(tx, users, as_of):
    """What a future shows only that is dearer than all the past."""
    return tx.groupby("user_id").size().clip(upper=1) * (tx["amount"].max() // 1_000)


def adds_a_column(tx, users, as_of):
    tx["mine"] = 1
    return right(tx, users, as_of)


def keeping(remembered):
    """The right answer, which remembers by some key what it found."""
    known = {}

    def features(tx, users, as_of):
        for user in users:
            known.setdefault(remembered(user, as_of), right(tx, [user], as_of).loc[user])
        return pd.DataFrame([known[remembered(user, as_of)] for user in users], index=users)
    return features


def mute(tx, users, as_of):
    """Different numbers for each user that don't depend on what the user did."""
    return pd.DataFrame([np.random.default_rng(user).random(5) for user in users], index=users)


MISTAKES = {
    "later": (adding(later), {TRAVEL, EDGE}, "It takes one row to do that: user"),
    "future of many": (adding(future_of_many), {TRAVEL}, "No single row of the future does that"),
    "dearest of all": (adding(dearest_of_all), {TRAVEL}, "was rewritten from as_of on"),
    "at the moment": (adding(at_the_moment), {EDGE}, "placed exactly at as_of"),
    "file order": (adding(file_order), {ORDER}, "put in another order, and of user"),
    "of the batch": (adding(of_the_batch), {SERVE}, "alone instead of 12 users at once"),
    "mean of the batch": (adding(mean_of_the_batch), {SERVE}, "among others and then alone: of user 1"),
    "mean of the file": (adding(mean_of_the_file), {NEW}, "stands in for the unknown knows the future"),
    "count of calls": (adding(count_of_calls), {PURE, NEW, TRAVEL, EDGE, ORDER, SERVE}, "asked twice, and of user"),
    "adds a column": (adds_a_column, {PURE}, "tx is not what it was"),
    "mute": (mute, {ASKED, PREDICTS}, "doesn't look at tx"),
    "missing": (changing(lambda found: found.replace(300, np.nan)), {NEW}, "nan in the column 'days'"),
    "huge": (changing(lambda found: found.replace(300, 1e200)), {NEW}, "1e+200 in the column 'days'"),
    "drops": (changing(lambda found: found[found["days"] != 300]), {NEW}, "leaves out"),
    "copies": (changing(lambda found: pd.DataFrame({n: found["month"] * n for n in range(1, 6)})), {DIFFERENT},
               "only 1 say"),
    "constants": (changing(lambda found: found * [1, 1, 1, 1, 0] + 1), {DIFFERENT}, "Of 5 columns only 4"),
    "four": (changing(lambda found: found.iloc[:, :4]), {NUMBERS}, "returned 4 columns"),
    "sorted": (changing(lambda found: found.sort_index()), {NEW}, "its rows are in the order"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_costs_the_property_that_names_it(mistake):
    answer, lost, told = MISTAKES[mistake]
    found = failing(answer)
    assert found.keys() == lost and told in " ".join(found.values())


@pytest.mark.parametrize("remembered", [lambda user, as_of: user, lambda user, as_of: (user, as_of)])
def test_what_is_kept_from_an_earlier_call_is_found_out(remembered):
    """A memory gives each question the first answer, so that a future that was in it can't be seen."""
    assert "what an earlier call found" in failing(keeping(remembered))[ASKED]


def test_columns_of_the_moment_are_no_model():
    """They once ended the verdict with a ValueError of scikit-learn."""
    def features(tx, users, as_of):
        return right(tx, users, as_of).rename(columns={"oldest": f"oldest on {as_of:%j}"})

    found = failing(features)
    assert found.keys() == {DIFFERENT, PREDICTS}
    assert "the same columns at each moment, and the columns are 5 and then 5, without ['oldest on" in found[DIFFERENT]


def test_what_knows_the_label_is_good_in_history_only():
    def label(tx, users, as_of):
        return dict(zip(users, buys(tx, users, as_of) * 1.0, strict=True))

    told = judged(adding(label), measured=features.measured).measured.splitlines()
    name, history, server = told[-2].split()[:3]
    assert (name, float(history), float(server)) == ("'more'", 1.0, 0.5) and told[-2].endswith("knows the future")
    assert sum("knows the future" in line for line in told) == 1 and float(told[-1].split()[-2]) > 0.95


# what is returned


ODD = {
    "none": lambda found: None, "dict": lambda found: found.to_dict(), "array": lambda found: found.to_numpy(),
    "series": lambda found: found["days"], "text": lambda found: found.assign(days="many"),
    "dates": lambda found: found.assign(days=pd.Timestamp(0)), "complex": lambda found: found * 1j,
    "too long": lambda found: found.astype(object).assign(days=10**400), "twice": lambda found: found[[*found, "days"]],
    "from zero": lambda found: found.reset_index(drop=True), "no rows": lambda found: found.iloc[:0],
    "frames": lambda found: found.astype(object).assign(days=[found] * len(found)),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_table_of_numbers_is_told(odd, capsys):
    told = failing(changing(ODD[odd]))
    assert told.keys() == {NUMBERS} and told[NUMBERS].endswith(".") and "dataml_lab" not in told[NUMBERS]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("kind", ["float32", "Float64", "object", pd.SparseDtype("float64")], ids=str)
def test_any_type_of_numbers_will_do(kind):
    assert failing(changing(lambda found: found.round(2).astype(kind))) == {}


def test_numbers_just_small_enough_end_in_a_verdict_and_say_nothing_to_stderr():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert failing(changing(lambda found: found * (LARGEST / 1e6))) == {}


def test_a_stub_and_a_missing_function_are_not_attempted():
    for namespace in ({}, {"features": 3}, {"features": lambda tx, users, as_of: NotImplemented}):
        assert EXERCISE.judge(namespace, [1]).not_attempted


# tables and where they differ


@pytest.mark.parametrize(("index", "told"), [
    ([1, 2, 3], None), ([1, 3], "leaves out 1 of them, such as user 2"), ([3, 2, 1], None),
    ([0, 1, 2], "is [0, 1, 2] instead of"), ([], "is [] instead of"), ([1, 2, 3, 3], "is [1, 2, 3, 3] instead of"),
])
def test_an_index_that_is_not_the_users_is_told(index, told):
    """Rows numbered from 0 were once told that they leave out most of the users."""
    found = left_out(index, [1, 2, 3])
    assert found is None if told is None else found.startswith(told)


def test_a_difference_is_the_first_and_can_be_seen():
    one = pd.DataFrame({"a": [1.0, np.nan], "b": [2.0, 754.2854192]}, index=[7, 8])
    assert difference(one, one * (1 + 1e-13)) is None
    assert difference(one, one.assign(b=[3.0, 4.0])) == "of user 7, 'b' is 2 and then 3"
    assert difference(one, one.assign(a=[1.0, 0.0])) == "of user 8, 'a' is nan and then 0"
    told = difference(one, one.assign(b=[2.0, 754.28541922])).split(" is ")[1].split(" and then ")
    assert len(set(told)) == 2
    assert difference(one, one[["b", "a"]]) == "the columns are ['a', 'b'] and then in another order"
    renamed = one.rename(columns={"a": "c"})
    assert difference(one, renamed) == "the columns are 2 and then 2, without ['a'] and with ['c']"


@pytest.mark.parametrize("value", ["x", 10**400, 1j, pd.NA, [1], Decimal("sNaN")])
def test_what_is_no_number_is_named(value):
    with pytest.raises(Failed, match="numbers are"):
        as_numbers(pd.Series([1.5, np.int64(2), value], dtype=object, name="a"), "features")


def test_a_table_is_of_float64():
    frame = pd.DataFrame({"a": [True, False], "b": pd.array([1, None], "Int64")}, index=[4, 2])
    found = table(frame, "features", [4, 2])
    assert found.dtypes.tolist() == ["float64", "float64"] and found.loc[4].tolist() == [1, 1] and gap(found)


@pytest.mark.parametrize("columns", range(1, 6))
def test_the_rank_is_how_many_columns_were_made_independently(columns):
    made = np.random.default_rng(columns).normal(size=(200, columns))
    mixed = made @ np.random.default_rng(9).normal(size=(columns, 6)) * 10.0 ** np.arange(-3, 3) + 5
    assert rank(pd.DataFrame(made)) == rank(pd.DataFrame(mixed)) == columns
    assert rank(pd.DataFrame(made * 0)) == 0
