"""Exercise 3: that the honest features are as told, that the worlds are fair, and which twin loses what."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks.features.leaky_twin import GAIN, HONEST, leaky_twin, moment, scored
from dataml_lab.checks.features.shop import DAY, before, buys

SAME_ORDERS, KNOWS_ORDERS, SAME_DAYS, KNOWS_DAYS, SAME_SPEND, KNOWS_SPEND = [p.name for p in leaky_twin.properties]
SAME, KNOWS = {SAME_ORDERS, SAME_DAYS, SAME_SPEND}, {KNOWS_ORDERS, KNOWS_DAYS, KNOWS_SPEND}
fair_world = cache(leaky_twin.fair_world)
EXERCISE = replace(leaky_twin, world=fair_world, fair=lambda world: True, measured=None)


def honest(name, tx, users, as_of):
    return HONEST[name](tx, users, as_of)


def late(days):
    """A twin for which what occurs in the days to come has occurred just now."""
    def leaky_twin(name, tx, users, as_of):
        coming = (tx["occurred_at"] >= as_of) & (tx["occurred_at"] < as_of + days * DAY)
        moved = tx["occurred_at"].mask(coming, as_of - pd.Timedelta(microseconds=1))
        return honest(name, tx.assign(occurred_at=moved), users, as_of)
    return leaky_twin


week_late = late(7)


def failing(answer, seeds=(1,)):
    verdict = EXERCISE.judge({"leaky_twin": answer}, seeds)
    return {finding.property: finding.sentence for finding in verdict.findings if finding.outcome == "fails"}


# the worlds


@pytest.mark.parametrize("seed", range(3))
def test_the_honest_features_are_those_of_a_loop(seed):
    world = fair_world(seed)
    as_of, users = moment(world), [*range(1, 80), 5_000]
    found = {name: feature(world.tx, users, as_of) for name, feature in HONEST.items()}
    assert all(column.index.tolist() == users for column in found.values())
    for user in users:
        mine = world.tx[(world.tx["user_id"] == user) & (world.tx["occurred_at"] < as_of)]
        orders = [((as_of - row.occurred_at) / DAY, row.amount) for row in mine.itertuples()]
        assert [column[user] for column in found.values()] == pytest.approx([
            sum(ago <= 30 for ago, _ in orders), min((ago for ago, _ in orders), default=999),
            sum(amount for ago, amount in orders if ago <= 90)])


def test_the_edges_of_the_windows():
    as_of = pd.Timestamp("2024-05-31", tz="UTC")
    tick = pd.Timedelta(microseconds=1)
    month, quarter = as_of - 30 * DAY, as_of - 90 * DAY
    moments = [month - tick, month, as_of - tick, as_of, quarter, quarter - tick]
    tx = pd.DataFrame({"user_id": range(6), "occurred_at": moments, "amount": 1.0})
    found = {name: feature(tx, list(range(6)), as_of).tolist() for name, feature in HONEST.items()}
    assert found["orders_30d"] == [0, 1, 1, 0, 0, 0] and found["spend_90d"] == [1, 1, 1, 0, 1, 0]
    assert found["days_since_last"] == pytest.approx([30, 30, 0, 999, 90, 90], abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_there_is_a_future_to_know_at_midnight(seed):
    world = fair_world(seed)
    as_of = moment(world)
    assert as_of == as_of.normalize() and not (world.tx["occurred_at"] == as_of).any()
    assert (as_of - world.shop.begin) / DAY == 140 and world.tx["occurred_at"].max() > as_of + 7 * DAY
    assert 0.1 < buys(world.tx, world.everybody, as_of).mean() < 0.4


def test_a_feature_that_points_the_other_way_counts_as_much():
    world = fair_world(1)
    days = HONEST["days_since_last"](world.tx, world.everybody, moment(world))
    assert scored(days, world) == pytest.approx(scored(-days, world)) and 0.6 < scored(days, world) < 0.9
    assert scored(pd.Series(buys(world.tx, world.everybody, moment(world)) * -1.0), world) == 1


def test_six_points():
    assert leaky_twin.points == 6 and not any(prop.gate for prop in leaky_twin.properties)


# the properties


def is_named(wanted, otherwise):
    """The right twin, but of one name another answer."""
    return lambda name, *given: otherwise(name, *given) if name == wanted else week_late(name, *given)


def label(name, tx, users, as_of):
    return pd.Series(buys(tx, users, as_of) * 1.0, users)


def against(name, tx, users, as_of):
    """A twin that knows who buys and says the opposite."""
    better = np.where(buys(tx, users, as_of), 0.5, 1)
    return honest(name, tx, users, as_of) * (1 / better if name == "days_since_last" else better)


def missing(name, tx, users, as_of):
    return week_late(name, tx, users, as_of).replace(999, np.nan)


def changed(change):
    return lambda *given: change(week_late(*given))


@pytest.mark.parametrize("seeds", [(1,), (2, 3)])
def test_a_week_too_late_earns_all(seeds):
    assert failing(week_late, seeds) == {}


MISTAKES = {
    "honest": (honest, SAME | KNOWS, "the honest feature itself"),
    "label": (label, SAME, "has to be the honest feature"),
    "hour": (late(1 / 24), KNOWS, "gains too little"),
    "against": (against, KNOWS, "gains too little"),
    "missing": (missing, {SAME_DAYS, KNOWS_DAYS}, "missing or infinite for user"),
    "noise": (changed(lambda found: found + 1e-6), SAME, "and then"),
    "orders": (is_named("orders_30d", honest), {SAME_ORDERS, KNOWS_ORDERS}, "twin of 'orders_30d' is the same"),
    "days": (is_named("days_since_last", honest), {SAME_DAYS, KNOWS_DAYS}, "twin of 'days_since_last' is the same"),
    "spend": (is_named("spend_90d", honest), {SAME_SPEND, KNOWS_SPEND}, "twin of 'spend_90d' is the same"),
    "other orders": (is_named("orders_30d", label), {SAME_ORDERS}, "'orders_30d' is"),
    "other days": (is_named("days_since_last", label), {SAME_DAYS}, "'days_since_last' is"),
    "other spend": (is_named("spend_90d", label), {SAME_SPEND}, "'spend_90d' is"),
    "lost": (changed(lambda found: found.iloc[3:]), SAME | KNOWS, "leaves out 3 of them, such as user 1"),
    "turned": (changed(lambda found: found.iloc[::-1]), SAME, "with users"),
    "frame": (changed(lambda found: found.to_frame()), SAME | KNOWS, "where a Series is needed"),
    "text": (changed(lambda found: found.map(lambda number: f"{number} EUR")), SAME | KNOWS, "numbers are"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_costs_the_property_that_names_it(mistake):
    answer, lost, told = MISTAKES[mistake]
    found = failing(answer)
    assert found.keys() == lost and told in " ".join(found.values())
    assert all(sentence.endswith(".") and "dataml_lab" not in sentence for sentence in found.values())


def test_a_sum_in_another_order_is_the_honest_feature():
    assert failing(changed(lambda found: found * (1 + 1e-14))) == {}


def test_what_is_measured_are_the_three_auc_of_each_name():
    world = fair_world(1)
    told = replace(EXERCISE, measured=leaky_twin.measured).judge({"leaky_twin": week_late}, [1]).measured.splitlines()
    assert [line.split()[0] for line in told[1:]] == list(HONEST)
    for line in told[1:]:
        name, plain, history, server = line.split()
        past = HONEST[name](before(world.tx, moment(world)), world.everybody, moment(world))
        assert plain == server == f"{scored(past, world):.3f}" and float(history) > float(plain) + GAIN


def test_a_stub_and_a_missing_function_are_not_attempted():
    for namespace in ({}, {"leaky_twin": 3}, {"leaky_twin": lambda name, tx, users, as_of: NotImplemented}):
        assert EXERCISE.judge(namespace, [1]).not_attempted
