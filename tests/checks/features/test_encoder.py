"""Exercise 4: that its tables are as told, which property catches which mistake, and what the sentences say."""

import math
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks.features.deliveries import (
    LIKE_MISSING,
    Delivery,
    columns,
    common,
    deliveries,
    missing,
    table,
)
from dataml_lab.checks.features.deliveries import right as planned
from dataml_lab.checks.features.encoder import encoder

NUMBERS, COLUMNS, RARE, UNSEEN, MISSING, SHARE, ALONE, LEARNS, KEEPS = [prop.name for prop in encoder.properties]
EXERCISE = replace(encoder, world=cache(deliveries))


class Right:
    """A right answer in small steps, each of which a mistake can replace."""

    least = 5

    def fit(self, frame):
        counts = frame["weather"].value_counts()
        self.known = self.ordered(counts[counts >= self.least])
        self.shares = frame["courier"].value_counts() / self.all_rows(frame)
        return self

    def ordered(self, counts):
        return sorted(counts.index)

    def all_rows(self, frame):
        return len(frame)

    def gone(self, column):
        return column.isna()

    def other(self, weather):
        return ~self.gone(weather) & ~weather.isin(self.known)

    def share(self, courier):
        return courier.map(self.shares).astype(float).fillna(0)

    def transform(self, frame):
        flags = {f"weather={value}": frame["weather"] == value for value in self.known}
        return pd.DataFrame({**flags, "weather=other": self.other(frame["weather"]),
                             "weather=missing": self.gone(frame["weather"]),
                             "courier_share": self.share(frame["courier"]),
                             "courier_missing": self.gone(frame["courier"])}, frame.index)


def failing(answer, seeds=(1,)):
    verdict = EXERCISE.judge({"Encoder": answer}, seeds)
    return {finding.property: finding.sentence for finding in verdict.findings if finding.outcome == "fails"}


# the tables


@pytest.mark.parametrize("seed", range(20))
def test_the_training_tables_are_as_told(seed):
    world = deliveries(seed)
    counts = Counter(row.weather for row in world.plain)
    assert len(counts) == 4 and min(counts.values()) >= 12
    assert list(counts) != sorted(counts) != [weather for weather, _ in counts.most_common()]
    rare = Counter(row.weather for row in world.rare)
    assert sorted(rare.values()) == [1, 4, 5, 6, 20] and len(common(world.rare)) == 3
    assert not any(missing(value) for rows in (world.plain, world.other, world.rare) for row in rows for value in row)


@pytest.mark.parametrize("seed", range(20))
def test_the_gaps_are_of_both_kinds_and_texts_look_like_them(seed):
    world = deliveries(seed)
    for place in (0, 1):
        gone = [row[place] for row in world.gaps if missing(row[place])]
        assert None in gone and any(value is not None for value in gone) and len(gone) >= 5
        assert set(LIKE_MISSING) <= {row[place] for row in world.texts}
    assert {"nan", "None"} < set(common(world.texts)) and not {"other", "missing"} & set(common(world.texts))
    frame = table(world.gaps)
    assert any(value is None for value in frame["weather"]) and any(value != value for value in frame["weather"])


@pytest.mark.parametrize("seed", range(20))
def test_the_newcomer_is_of_no_table(seed):
    world = deliveries(seed)
    rows = world.plain + world.other + world.rare + world.gaps + world.texts
    assert not {row.weather for row in rows} & {world.newcomer.weather}
    assert not {row.courier for row in rows} & {world.newcomer.courier}


def test_the_example_of_the_prompt():
    training = [Delivery("clear", "A")] * 6 + [Delivery("snow", "B")] * 3 + [Delivery(None, np.nan)]
    assert columns(training) == ["weather=clear", "weather=other", "weather=missing", "courier_share",
                                 "courier_missing"]
    assert list(planned(training, Delivery("clear", "B")).values()) == [1, 0, 0, 0.3, 0]
    found = Right().fit(table(training)).transform(table([Delivery("clear", "B")]))
    assert found.astype(float).to_numpy().tolist() == [[1, 0, 0, 0.3, 0]]


def test_a_seed_gives_the_same_world():
    assert repr(deliveries(5)) == repr(deliveries(5)) != repr(deliveries(6))


def test_eight_points():
    assert encoder.points == 8 and [prop.points for prop in encoder.properties if prop.gate] == [0]


# the properties


@pytest.mark.parametrize("seed", range(8))
def test_a_right_answer_has_every_property(seed):
    assert failing(Right, [seed]) == {}


class ByFrequency(Right):
    def ordered(self, counts):
        return list(counts.index)


class Backwards(Right):
    def ordered(self, counts):
        return sorted(counts.index, reverse=True)


class ColumnsOfTheBatch(Right):
    def transform(self, frame):
        found = super().transform(frame)
        return found.loc[:, found.any()]


class FailsOnNone(Right):
    def transform(self, frame):
        frame["weather"].iloc[0]
        return super().transform(frame)


class FiveIsRare(Right):
    least = 6


class FourIsCommon(Right):
    least = 4


class UnseenZero(Right):
    def fit(self, frame):
        self.seen = set(frame["weather"].dropna())
        return super().fit(frame)

    def other(self, weather):
        return super().other(weather) & weather.isin(self.seen)


class UnseenShareMissing(Right):
    def share(self, courier):
        return courier.map(self.shares).astype(float).where(courier.notna(), 0)


class MissingIsOther(Right):
    def gone(self, column):
        return column.isna() & False


class OnlyNone(Right):
    def gone(self, column):
        return pd.Series([value is None for value in column], column.index, dtype=bool)


class TextIsMissing(Right):
    def gone(self, column):
        return column.fillna("missing") == "missing"


class TextNanIsMissing(Right):
    def gone(self, column):
        return column.isna() | (column == "nan")


class ShareOfThePresent(Right):
    def all_rows(self, frame):
        return frame["courier"].notna().sum()


class ShareOfTheBatch(Right):
    def share(self, courier):
        return courier.map(courier.value_counts() / len(courier)).astype(float).fillna(0)


class Ranked(Right):
    """Depends on the other deliveries only a little."""

    def share(self, courier):
        return super().share(courier) * (1 + (len(courier) == 1) * 1e-6)


class LearnsWhatIsNew(Right):
    def transform(self, frame):
        self.known = sorted({*self.known, *[value for value, count in frame["weather"].value_counts().items()
                                            if count >= 20]})
        return super().transform(frame)


class FitsOnce(Right):
    known = None

    def fit(self, frame):
        return self if self.known is not None else super().fit(frame)


class Shared(Right):
    memory = {}  # noqa: RUF012

    def fit(self, frame):
        super().fit(frame)
        self.memory.update(vars(self))

    def transform(self, frame):
        vars(self).update(self.memory)
        return super().transform(frame)


class Numbered(Right):
    def transform(self, frame):
        return super().transform(frame).reset_index(drop=True)


class SortedByIndex(Right):
    def transform(self, frame):
        return super().transform(frame).sort_index()


class ShuffledUnderLabels(Right):
    """The labels are in order, the rows are in that of the alphabet of labels."""

    def transform(self, frame):
        return super().transform(frame.sort_index()).set_axis(frame.index)


class FillsInFit(Right):
    def fit(self, frame):
        super().fit(frame.copy())
        frame["courier"] = frame["courier"].fillna("")


class AddsInTransform(Right):
    def transform(self, frame):
        found = super().transform(frame)
        frame["weather=other"] = found["weather=other"]
        return found


MISTAKES = {
    ByFrequency: {COLUMNS}, Backwards: {COLUMNS}, ColumnsOfTheBatch: {COLUMNS}, FailsOnNone: {COLUMNS},
    FiveIsRare: {RARE}, FourIsCommon: {RARE}, UnseenZero: {UNSEEN}, UnseenShareMissing: {UNSEEN},
    MissingIsOther: {MISSING}, OnlyNone: {MISSING}, TextIsMissing: {MISSING}, TextNanIsMissing: {MISSING},
    ShareOfThePresent: {SHARE}, ShareOfTheBatch: {UNSEEN, SHARE, ALONE}, Ranked: {UNSEEN, SHARE, ALONE},
    LearnsWhatIsNew: {LEARNS}, FitsOnce: {LEARNS}, Shared: {LEARNS}, Numbered: {KEEPS}, SortedByIndex: {KEEPS},
    ShuffledUnderLabels: {KEEPS}, FillsInFit: {KEEPS}, AddsInTransform: {KEEPS},
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_costs_the_property_that_names_it(mistake):
    for seed in (1, 2):
        assert failing(mistake, [seed]).keys() == (MISTAKES[mistake] if mistake is not Ranked else {ALONE})


@pytest.mark.parametrize(("mistake", "name", "part"), [
    (FiveIsRare, RARE, "5 of them in weather"), (FourIsCommon, RARE, "4 of them in weather"),
    (FailsOnNone, COLUMNS, "Given no delivery: Encoder.transform raised IndexError"),
    (UnseenZero, UNSEEN, "got weather=other 0 where 1 is right"), (OnlyNone, MISSING, "weather missing (nan)"),
    (ShareOfThePresent, SHARE, "7 have no courier"), (Shared, LEARNS, "then another one"),
    (FitsOnce, LEARNS, "trained again"), (LearnsWhatIsNew, LEARNS, "Between two calls"),
    (Numbered, KEEPS, "became numbers with the index [0, 1,"), (FillsInFit, KEEPS, "Encoder.fit changed"),
])
def test_sentences_tell_what_was_given_and_what_came(mistake, name, part):
    assert part in failing(mistake)[name]


# what is returned


class Oddity:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


def returning(result):
    class Encoder(Right):
        def transform(self, frame):
            return result(super().transform(frame))
    return Encoder


ODD = {
    "none": lambda found: None, "list": lambda found: found.to_numpy().tolist(),
    "array": lambda found: found.to_numpy(), "object": lambda found: Oddity(),
    "series": lambda found: found["courier_share"], "text": lambda found: found.astype(str),
    "odd values": lambda found: pd.DataFrame([[Oddity()]] * len(found), found.index),
    "short": lambda found: found.iloc[1:],
    "no columns": lambda found: found[[]], "twice": lambda found: pd.concat([found, found], axis=1),
    "constant": lambda found: found * 0, "all missing": lambda found: found * math.nan,
    "complex": lambda found: found * 1j, "moments": lambda found: found.assign(at=pd.Timestamp(0)),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_table_of_numbers_is_told(odd):
    told = failing(returning(ODD[odd]))
    assert told.keys() == {NUMBERS} and told[NUMBERS].endswith(".") and "dataml_lab" not in told[NUMBERS]


@pytest.mark.parametrize("change", [lambda found: found.set_axis(range(found.shape[1]), axis=1),
                                    lambda found: pd.concat({"a": found}, axis=1), lambda found: found * 10**300,
                                    lambda found: found.astype(object).where(found > 0, 10**400)])
def test_odd_tables_end_in_sentences(change):
    told = failing(returning(change))
    assert told and all(sentence.endswith(".") and "dataml_lab" not in sentence for sentence in told.values())


@pytest.mark.parametrize("kind", ["float32", "Float64", "object", pd.SparseDtype("float64")], ids=str)
def test_any_type_of_numbers_will_do(kind):
    lost = failing(returning(lambda found: found.astype(kind))).keys()
    assert lost == ({UNSEEN, MISSING, SHARE} & lost if kind == "float32" else set())


def test_a_stub_and_a_missing_class_are_not_attempted():
    class Stub:
        def fit(self, frame):
            return NotImplemented

        def transform(self, frame):
            return NotImplemented

    class HalfStub(Right):
        def transform(self, frame):
            return NotImplemented

    for namespace in ({}, {"Encoder": 3}, {"Encoder": Stub}, {"Encoder": HalfStub}):
        assert EXERCISE.judge(namespace, [1]).not_attempted


def test_what_raises_or_lacks_a_method_is_told():
    class NoMethods:
        pass

    class Raises(Right):
        def fit(self, frame):
            raise KeyError("weather")

    assert failing(NoMethods)[NUMBERS] == "Encoder has no method `fit`."
    assert failing(Raises)[NUMBERS].startswith("Encoder.fit raised KeyError: 'weather'")
