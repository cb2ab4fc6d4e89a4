"""The calls that show a failure of 03a's and 03b's exercises: they run, and show a wrong answer to be wrong."""

import pytest

from dataml_lab.checks import exercises, part_of, practice
from tests.catalogued import catalogued

CALLS = [(name, prop) for name in ("orders_in_last_30d", "days_since_last", "features")
         for prop in exercises(part_of(name))[name].properties]


@pytest.mark.parametrize(("name", "prop"), CALLS, ids=[f"{name}: {prop.name}" for name, prop in CALLS])
def test_a_call_runs_with_a_right_answer_in_a_practice_world(name, prop):
    right = {"orders_in_last_30d": "right_merge"}.get(name, "right_pandas")
    exec(prop.call, catalogued(name, right) | {"world": practice(name, 1)})


def test_a_table_shows_the_rows_that_were_counted_wrongly_and_no_others():
    world = practice("orders_in_last_30d", 1)
    right, wrong = (catalogued("orders_in_last_30d", name)["orders_in_last_30d"]
                    for name in ("right_merge", "wrong_counts_itself"))
    assert not [table.what for table in world.tables if len(table.wrong(right(table.tx)))]
    shown = world.thrice.wrong(wrong(world.thrice.tx))
    assert (shown["counted"] - shown["right"]).tolist() == [1, 1, 1]
    assert len(world.refunds.wrong([0])) == len(world.refunds.rows) - 1


def test_a_world_has_the_scores_of_each_column_and_of_all():
    scores = practice("features", 1).scores(catalogued("features", "right_pandas")["features"])
    assert scores.index.tolist()[-2:] == ["spend", "a model of all"] and scores.between(0.5, 1).all()
