"""Exercise 4: an encoder that is trained once, and makes of a delivery the same numbers wherever it is asked."""

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.features.deliveries import (
    Deliveries,
    Delivery,
    columns,
    common,
    deliveries,
    missing,
    right,
    table,
)
from dataml_lab.checks.features.reading import about, change, numbers
from dataml_lab.checks.shown import shown
from dataml_lab.runtime.answers import Failed, Made, Maker, class_

NEAR = 1e-9

FIRST = "returns numbers for each delivery"
encoder = Exercise("encoder", deliveries, class_("Encoder"))


def trained(encoder: Maker, rows: list[Delivery]) -> Made:
    """A new encoder, trained on these deliveries."""
    made = encoder()
    made.call("fit", table(rows), gives="nothing")
    return made


def transformed(made: Made, frame: pd.DataFrame) -> pd.DataFrame:
    """What an encoder makes of deliveries, as floats; `Failed` where it is no table of numbers with a row for each."""
    result = made("transform", frame)
    if not isinstance(result, pd.DataFrame):
        raise Failed(f"Encoder.transform returned {shown(result)}, where a DataFrame was expected.")
    if len(result) != len(frame):
        raise Failed(f"Encoder.transform returned {len(result)} rows for {len(frame)} deliveries.")
    twice = result.columns[result.columns.duplicated()]
    if len(twice):
        raise Failed(f"Encoder.transform returned more than one column called {shown(twice[0])}.")
    values = {name: numbers(result[name]) for name in result}
    words = next((name for name, column in values.items() if column is None), None)
    if words is not None:
        raise Failed(f"Encoder.transform returned a column {shown(words)} that holds {shown(list(result[words])[:2])} "
                     "and so on, where numbers were expected.")
    return pd.DataFrame(values, index=result.index, columns=result.columns, dtype=float)


def encoded(made: Made, rows: list[Delivery]) -> list[dict[str, float]]:
    """The numbers of each delivery by column. A column that is not there reads as 0: whether all are there is asked
    elsewhere."""
    return transformed(made, table(rows)).to_dict("records")


def unlike(found: dict[str, float], planned: dict[str, float]) -> str | None:
    """The columns that hold something else than planned, in words."""
    wrong = [f"{column} {digits(found.get(column, 0))} where {digits(number)} is right"
             for column, number in planned.items() if not same(found.get(column, 0), number)]
    return " and ".join(wrong[:2]) or None


def same(one: float, other: float) -> bool:
    """Whether two numbers are the same but for rounding, or both missing."""
    return bool(np.isclose(one, other, rtol=NEAR, atol=NEAR, equal_nan=True))


def digits(number: float) -> str:
    """A number in a sentence."""
    return "missing" if np.isnan(number) else f"{number:.6g}"


def part(planned: dict[str, float], name: str) -> dict[str, float]:
    """The columns of `weather` or of `courier` alone."""
    return {column: number for column, number in planned.items() if column.startswith(name)}


def amiss(made: Made, training: list[Delivery], rows: list[Delivery], *parts: str) -> str | None:
    """The first of the rows in which the columns of these parts are not as planned, in words."""
    for row, found in zip(rows, encoded(made, rows), strict=True):
        planned = right(training, row)
        wrong = unlike(found, {column: number for name in parts for column, number in part(planned, name).items()})
        if wrong:
            return f"a delivery with {row} got {wrong}"
    return None


def one_each(rows: list[Delivery], place: int) -> list[Delivery]:
    """A delivery for each value of weather (0) or courier (1) that isn't missing."""
    return list({row[place]: row for row in rows if not missing(row[place])}.values())


@encoder.demands(FIRST, points=0)
def _returns_numbers(encoder: Maker, world: Deliveries) -> str | None:
    found = encoded(trained(encoder, world.plain), world.plain)
    if all(not any(map(unlike, [row], [found[0]])) for row in found):
        return f"Each of {len(found)} deliveries in all kinds of weather got the same: {shown(found[0], 200)}."
    return None


@encoder.demands("has its columns, whatever the deliveries", points=1, after=FIRST)
def _has_its_columns(encoder: Maker, world: Deliveries) -> str | None:
    made, expected = trained(encoder, world.plain), columns(world.plain)
    kind = [row for row in world.plain if row.weather == world.plain[0].weather]
    for what, rows in (("the training data", world.plain), ("one delivery", world.plain[:1]),
                       (f"{len(kind)} deliveries of one weather", kind), ("no delivery", [])):
        with about(what):
            found = list(transformed(made, table(world.plain).iloc[:0] if not rows else table(rows)).columns)
        if found != expected:
            return (f"After training on weather {', '.join(sorted(common(world.plain)))}, the columns for {what} are "
                    f"{named(found)}, where {named(expected)} are expected, in this order.")
    return None


def named(names: list) -> str:
    """Names of columns in a sentence."""
    return shown(", ".join(map(str, names)) or "none", 400).strip("'\"")


@encoder.demands("gives a column to weather of 5 rows, and no other", points=1, after=FIRST)
def _tells_common_from_rare(encoder: Maker, world: Deliveries) -> str | None:
    made, rows = trained(encoder, world.rare), one_each(world.rare, 0)
    for row, found in zip(rows, encoded(made, rows), strict=True):
        seen = sum(other.weather == row.weather for other in world.rare)
        wrong = unlike(found, part(right(world.rare, row), "weather"))
        if not wrong and f"weather={row.weather}" in found and row.weather not in common(world.rare):
            wrong = f"a column weather={row.weather}"
        if wrong:
            return (f"After training on {len(world.rare)} deliveries, {seen} of them in weather {row.weather!r}, one "
                    f"in this weather got {wrong}.")
    one = world.plain[:1]
    wrong = amiss(trained(encoder, one), one, one, "weather")
    return wrong and f"After training on a single delivery, {wrong}."


@encoder.demands("knows what to do with the unseen", points=1, after=FIRST)
def _takes_the_unseen(encoder: Maker, world: Deliveries) -> str | None:
    made, first, new = trained(encoder, world.plain), world.plain[0], world.newcomer
    asked = [(Delivery(new.weather, first.courier), ["weather"]), (Delivery(first.weather, new.courier), ["courier"]),
             (new, ["weather", "courier"])]
    with about(f"weather {new.weather!r} and courier {new.courier!r}, which the training data don't have"):
        wrong = next(filter(None, (amiss(made, world.plain, [row], *parts) for row, parts in asked)), None)
    return wrong and f"The training data have no weather {new.weather!r} and no courier {new.courier!r}, and {wrong}."


@encoder.demands("knows missing from everything else", points=1, after=FIRST)
def _knows_what_is_missing(encoder: Maker, world: Deliveries) -> str | None:
    for what, training in (("without a missing value", world.plain), ("with missing values", world.gaps)):
        made, gone = trained(encoder, training), gaps(training)
        with about(f"deliveries with missing values, after training {what}"):
            wrong = amiss(made, training, gone, "weather", "courier_missing") or _no_share(made, gone)
        if wrong:
            return f"After training {what}, {wrong}."
    texts = [*one_each(world.texts, 0), *one_each(world.texts, 1)]
    for row, found in zip(texts, encoded(trained(encoder, world.texts), texts), strict=True):
        wrong = unlike(found, {"weather=missing": missing(row.weather), "courier_missing": missing(row.courier)})
        if wrong:
            return f"Texts such as 'missing' and 'nan' are values like any other: a delivery with {row} got {wrong}."
    return None


def gaps(training: list[Delivery]) -> list[Delivery]:
    """Deliveries of which one value or both are missing, and one that has both, of the training data."""
    known = next(row for row in training if row.weather in common(training) and not missing(row.courier))
    return [*(known._replace(**{name: gone}) for name in Delivery._fields for gone in (None, np.nan)),
            Delivery(None, np.nan), known]


def _no_share(made: Made, rows: list[Delivery]) -> str | None:
    """A delivery without a courier that got a share, in words."""
    for row, found in zip(rows, encoded(made, rows), strict=True):
        wrong = unlike(found, {"courier_share": 0}) if missing(row.courier) else None
        if wrong:
            return f"a delivery with {row} got {wrong}"
    return None


@encoder.demands("gives each courier their share of all training rows", points=1, after=FIRST)
def _gives_shares(encoder: Maker, world: Deliveries) -> str | None:
    training = [Delivery(weather if isinstance(weather, str) else world.plain[0].weather, courier)
                for weather, courier in world.gaps]
    rows = one_each(training, 1)
    found = encoded(trained(encoder, training), rows)
    for row, got in zip(rows, found, strict=True):
        wrong = unlike(got, {"courier_share": right(training, row)["courier_share"]})
        if wrong:
            own, gone = (sum(map(test, training)) for test in (
                lambda other, courier=row.courier: other.courier == courier, lambda other: missing(other.courier)))
            return (f"Of {len(training)} training rows courier {row.courier} has {own}, and {gone} have no courier: a "
                    f"delivery by {row.courier} got {wrong}.")
    return None


@encoder.demands("gives a delivery alone what it gets among others", points=1, after=FIRST)
def _alone_as_among_others(encoder: Maker, world: Deliveries) -> str | None:
    made, rows = trained(encoder, world.plain), world.batch
    among = encoded(made, rows)
    alone = [encoded(made, [row])[0] for row in rows]
    backwards = encoded(made, rows[::-1])[::-1]
    for company, other in (("alone", alone), (f"among the same {len(rows)} in another order", backwards)):
        for row, one, two in zip(rows, among, other, strict=True):
            wrong = _difference(one, two)
            if wrong:
                return (f"A delivery with {row} got {wrong[0]} {wrong[1]} among {len(rows)} and {wrong[2]} {company}.")
    return None


def _difference(one: dict[str, float], two: dict[str, float]) -> tuple[str, str, str] | None:
    """The first column in which two rows differ, with the number of each; a column that is lacking holds 0."""
    names = dict.fromkeys([*one, *two])
    return next(((name, digits(one.get(name, 0)), digits(two.get(name, 0))) for name in names
                 if not same(one.get(name, 0), two.get(name, 0))), None)


@encoder.demands("learns in fit alone, and each time anew", points=1, after=FIRST)
def _learns_in_fit_alone(encoder: Maker, world: Deliveries) -> str | None:
    rows = [*one_each(world.plain, 0), *one_each(world.other, 0), *one_each(world.other, 1), world.newcomer]
    made = trained(encoder, world.plain)
    before = encoded(made, rows)
    other = trained(encoder, world.other)
    wrong = _changed(rows, before, encoded(made, rows))
    if wrong:
        return f"One encoder was trained, then another one, on other deliveries. Asked again, of the first {wrong}."
    of_other = encoded(other, rows)
    if not any(map(_difference, before, of_other)):
        return "Whether it was trained on one table or on another, it gives the same numbers."
    encoded(made, [world.newcomer] * 30)
    encoded(made, world.other)
    wrong = _changed(rows, before, encoded(made, rows))
    if wrong:
        return f"Between two calls of transform there were others, with other deliveries, and then {wrong}."
    made.call("fit", table(world.other), gives="nothing")
    wrong = _changed(rows, of_other, encoded(made, rows))
    return wrong and (f"An encoder was trained again, on other deliveries, and compared with a new one trained on the "
                      f"same: {wrong}.")


def _changed(rows: list[Delivery], before: list[dict], after: list[dict]) -> str | None:
    """The first delivery whose numbers are not those of before, in words."""
    for row, one, two in zip(rows, before, after, strict=True):
        wrong = _difference(one, two)
        if wrong:
            return f"{wrong[0]} of a delivery with {row} was {wrong[2]} instead of {wrong[1]}"
    return None


@encoder.demands("keeps the index, and the deliveries as they were", points=1, after=FIRST)
def _keeps_index_and_deliveries(encoder: Maker, world: Deliveries) -> str | None:
    labels = [f"delivery {17 * number % 12}" for number in range(12)]
    batch = table(world.batch, labels)
    made = trained(encoder, world.plain)
    found = transformed(made, batch)
    if not found.index.equals(batch.index):
        return f"Deliveries with the index {shown(labels)} became numbers with the index {shown(list(found.index))}."
    wrong = _changed(world.batch, encoded(made, world.batch), found.to_dict("records"))
    if wrong:
        return f"Deliveries with the index {shown(labels)} were compared with the same ones, numbered from 0: {wrong}."
    frame = table(world.gaps, [f"delivery {number}" for number in range(len(world.gaps))[::-1]])
    for method in ("fit", "transform"):
        left, = made.call(method, frame, gives="nothing").left
        wrong = change(frame, left)
        if wrong:
            return f"Encoder.{method} changed the deliveries that it was given: afterwards {wrong}."
    return None
