"""The calls that show a failure of boost and of best_depth: they run, and show a wrong answer to be wrong."""

import pytest

from dataml_lab.checks import exercises, part_of, practice
from tests.catalogued import catalogued

CALLS = [(name, prop) for name in ("boost", "best_depth") for prop in exercises(part_of(name))[name].properties]


@pytest.mark.parametrize(("name", "prop"), CALLS, ids=[f"{name}: {prop.name}" for name, prop in CALLS])
def test_a_call_runs_in_a_practice_world(name, prop):
    answers = catalogued("boost", "right_loop") | {"best_depth": lambda deliveries, depths: min(depths)}
    assert prop.call
    exec(prop.call, answers | {"world": practice(name, 1)})


def test_a_call_shows_where_stages_are_off(capsys):
    prop = next(prop for call, prop in CALLS if call == "boost" and prop.name == "applies to each round its own rate")
    exec(prop.call, catalogued("boost", "right_loop") | {"world": practice("boost", 1)})
    assert not set(capsys.readouterr().out) & set("123456789")
    exec(prop.call, catalogued("boost", "wrong_first_rate") | {"world": practice("boost", 1)})
    assert set(capsys.readouterr().out) & set("123456789")
