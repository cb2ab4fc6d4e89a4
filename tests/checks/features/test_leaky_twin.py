"""That its moment is no midnight, and that windows are tried at their edges."""

import re

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


@pytest.mark.parametrize(("answer", "empty"), [("wrong_whole_window_late", []), ("wrong_honest_feature", [1, 3]),
                                               ("right_forgotten_cut", [1])])
def test_the_calls_show_where_a_twin_differs_in_a_practice_world(answer, empty, capsys):
    """The call once looked at the server only, where the honest feature, which is no twin, has nothing to show."""
    names = catalogued("leaky_twin", answer) | {"world": practice("leaky_twin", 1)}
    for prop in leaky_twin.properties[::2]:
        exec(prop.call, names)
        parts = re.split("(server|history): .* should differ\n", capsys.readouterr().out)
        assert parts[1::2] == ["server", "history"]
        assert [n for n, part in enumerate(parts[2::2]) if part.startswith("Empty")] == [n // 2 for n in empty]


def test_the_calls_show_how_much_a_twin_gains():
    names = catalogued("leaky_twin", "wrong_whole_window_late") | {"world": practice("leaky_twin", 1)}
    for prop in leaky_twin.properties[1::2]:
        *lines, last = prop.call.splitlines()
        exec("\n".join(lines), names)
        honest, twin = eval(last, names)
        assert twin > honest


def test_a_difference_names_the_honest_feature_and_the_twin():
    """It once said that the feature "is 5 and then 6", where two features are compared at one moment."""
    verdict = leaky_twin.judge(catalogued("leaky_twin", "wrong_31_days"), [1])
    assert re.search(r"for user \d+ the honest 'orders_30d' is \d+, and your twin is \d+\.$",
                     verdict.findings[0].sentence)
