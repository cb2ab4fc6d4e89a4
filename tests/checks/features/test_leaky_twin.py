"""Exercise 3: that its moment is no midnight, and that windows are tried at their edges."""

import pandas as pd
import pytest

from dataml_lab.checks import practice
from dataml_lab.checks.features.leaky_twin import GAIN, HONEST, leaky_twin
from dataml_lab.checks.features.shop import DAY, before
from tests.catalogued import catalogued


@pytest.mark.parametrize("seed", range(2))
def test_the_moment_is_no_midnight_and_all_windows_have_an_order_at_their_edges(seed):
    world = leaky_twin.fair_world(seed)
    for name, (_, tx, users, as_of, _) in world.history.items():
        server = world.server[name]
        assert as_of != as_of.normalize() and server.tx.equals(before(tx, as_of)) and sorted(server.users) == users
        assert tx["occurred_at"].max() > as_of + 7 * DAY and not (tx["occurred_at"] == as_of).any()
        for days in (30, 90):
            begin = as_of - days * DAY
            assert (tx["occurred_at"] == begin).any()
            assert tx["occurred_at"].between(begin.normalize(), begin, "left").any()
    assert 0.1 < world.truth.mean() < 0.4


def test_a_feature_that_points_the_other_way_counts_as_much():
    world = leaky_twin.fair_world(1)
    days = world.history["days_since_last"].honest
    assert world.auc(days) == pytest.approx(world.auc(-days)) and 0.6 < world.auc(days) < 0.9
    assert world.auc(world.truth * -1.0) == 1


def test_what_is_measured_are_the_three_auc_of_each_name():
    def answer(name, tx, users, as_of):
        """A twin for which what occurs in the week to come has occurred just now."""
        coming = (tx["occurred_at"] >= as_of) & (tx["occurred_at"] < as_of + 7 * DAY)
        moved = tx["occurred_at"].mask(coming, as_of - pd.Timedelta(microseconds=1))
        return HONEST[name](tx.assign(occurred_at=moved), users, as_of)

    verdict = leaky_twin.judge({"leaky_twin": answer}, [1])
    assert verdict.earned == 6
    for line, name in zip(verdict.measured.splitlines()[1:], HONEST, strict=True):
        label, honest, history, server = line.split()
        assert label == name and honest == server and float(history) > float(honest) + GAIN


def test_the_calls_show_a_failure_in_a_practice_world():
    names = catalogued("leaky_twin", "wrong_whole_window_late") | {"world": practice("leaky_twin", 1)}
    for prop in leaky_twin.properties:
        *lines, last = prop.call.splitlines()
        exec("\n".join(lines), names)
        found = eval(last, names)
        if "nobody tells" in prop.name:
            assert len(found) > 100 and list(found) == ["honest", "twin"]
        else:
            honest, twin = found
            assert twin > honest
