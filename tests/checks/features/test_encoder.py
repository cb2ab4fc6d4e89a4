"""That its tables are as told, and that what is planned is what the prompt says."""

from collections import Counter

import numpy as np
import pytest

from dataml_lab.checks import practice
from dataml_lab.checks.features.deliveries import (
    LIKE_MISSING,
    Delivery,
    columns,
    common,
    deliveries,
    missing,
    right,
    table,
)
from dataml_lab.checks.features.encoder import encoder
from tests.catalogued import catalogued


@pytest.mark.parametrize("seed", range(5))
def test_the_training_tables_are_as_told(seed):
    world = deliveries(seed)
    counts = Counter(row.weather for row in world.plain)
    assert len(counts) == 4 and min(counts.values()) >= 12
    assert list(counts) != sorted(counts) != [weather for weather, _ in counts.most_common()]
    rare = Counter(row.weather for row in world.rare)
    assert sorted(rare.values()) == [1, 4, 5, 6, 20] and len(common(world.rare)) == 3
    assert not any(missing(value) for rows in (world.plain, world.other, world.rare) for row in rows for value in row)


@pytest.mark.parametrize("seed", range(5))
def test_the_gaps_are_of_both_kinds_and_texts_look_like_them(seed):
    world = deliveries(seed)
    for place in (0, 1):
        gone = [row[place] for row in world.gaps if missing(row[place])]
        assert None in gone and any(value is not None for value in gone) and len(gone) >= 5
        assert set(LIKE_MISSING) <= {row[place] for row in world.texts}
    assert {"nan", "None"} < set(common(world.texts)) and not {"other", "missing"} & set(common(world.texts))
    frame = table(world.gaps)
    assert any(value is None for value in frame["weather"]) and any(value != value for value in frame["weather"])


@pytest.mark.parametrize("seed", range(5))
def test_the_newcomer_is_of_no_table(seed):
    world = deliveries(seed)
    rows = world.plain + world.other + world.rare + world.gaps + world.texts
    assert not {row.weather for row in rows} & {world.newcomer.weather}
    assert not {row.courier for row in rows} & {world.newcomer.courier}


def test_the_example_of_the_prompt():
    training = [Delivery("clear", "A")] * 6 + [Delivery("snow", "B")] * 3 + [Delivery(None, np.nan)]
    assert columns(training) == ["weather=clear", "weather=other", "weather=missing", "courier_share",
                                 "courier_missing"]
    assert list(right(training, Delivery("clear", "B")).values()) == [1, 0, 0, 0.3, 0]


def test_a_seed_gives_the_same_world():
    assert repr(deliveries(5)) == repr(deliveries(5)) != repr(deliveries(6))


@pytest.mark.parametrize("prop", encoder.properties, ids=[prop.name for prop in encoder.properties])
def test_the_calls_run_with_a_right_answer_in_a_practice_world(prop, capsys):
    names = catalogued("encoder", "right_pandas") | {"world": practice("encoder", 1)}
    *lines, last = prop.call.splitlines()
    if lines[0].startswith("for"):
        exec(prop.call, names)
        assert "weather=missing" in capsys.readouterr().out
    else:
        exec("\n".join(lines), names)
        found = eval(last, names)
        assert found is None or "weather=missing" in str(list(found)) or found == (True, True) or len(found) == 3
