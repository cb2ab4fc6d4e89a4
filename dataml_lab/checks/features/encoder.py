"""An encoder that is trained once, and makes of a delivery the same numbers wherever it is asked."""

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.features.deliveries import (
    Deliveries,
    Delivery,
    columns,
    common,
    deliveries,
    gaps,
    missing,
    one_each,
    right,
    table,
)
from dataml_lab.checks.features.frames import change, floats
from dataml_lab.checks.scenes import about
from dataml_lab.runtime.answers import Failed, Made, Maker, class_
from dataml_lab.runtime.shown import shown

NEAR = 1e-9
ALONE = 6  # deliveries that are also asked about one by one
NUMBERS = "returns numbers for each delivery"
encoder = Exercise("encoder", deliveries, class_("Encoder"))


def shown_by(training: str, *lines: str) -> str:
    """Lines of code that train an encoder on a table of the world, and go on with these."""
    return "\n".join(["encoder = Encoder()", f'encoder.fit(world.table("{training}"))', *lines])


def trained(encoder: Maker, rows: list[Delivery]) -> Made:
    """A new encoder, trained on these deliveries."""
    made = encoder()
    made.call("fit", table(rows), gives="nothing")
    return made


def transformed(made: Made, frame: pd.DataFrame) -> pd.DataFrame:
    """What an encoder makes of deliveries, as floats; Failed where it is no table of numbers with a row for each."""
    found = floats(made("transform", frame), "Encoder.transform")
    if len(found) != len(frame):
        raise Failed(f"Encoder.transform returned {len(found)} rows for {len(frame)} deliveries.")
    return found


Numbers = dict[str, float]  # of a delivery, by column


def encoded(made: Made, rows: list[Delivery]) -> list[Numbers]:
    """The numbers of each delivery. A column that is not there reads as 0: whether all are there is asked elsewhere."""
    return transformed(made, table(rows)).to_dict("records")


def first_difference(found: Numbers, planned: Numbers) -> str | None:
    """The columns that hold something else than planned, in words."""
    wrong = [f"{column} {digits(found.get(column, 0))} where {digits(number)} is right"
             for column, number in planned.items() if not same(found.get(column, 0), number)]
    return " and ".join(wrong[:2]) or None


def same(one: float, other: float) -> bool:
    """Whether two numbers are the same but for rounding, or both missing."""
    return abs(one - other) <= NEAR * max(1, abs(other)) or (one != one and other != other)


def digits(number: float) -> str:
    """A number in a sentence."""
    return "missing" if np.isnan(number) else f"{number:.6g}"


def part(planned: Numbers, *words: str) -> Numbers:
    """The columns that begin with one of these words."""
    return {column: number for column, number in planned.items() if column.startswith(words)}


def fault(made: Made, training: list[Delivery], rows: list[Delivery], *parts: str) -> str | None:
    """The first of the rows in which the columns that begin with one of these words are not as planned, in words."""
    for row, found in zip(rows, encoded(made, rows), strict=True):
        wrong = first_difference(found, part(right(training, row), *parts))
        if wrong:
            return f"a delivery with {row} got {wrong}"
    return None


@encoder.demands(NUMBERS, points=0, call=shown_by("plain", 'encoder.transform(world.table("plain"))'))
def _(encoder: Maker, world: Deliveries) -> str | None:
    first, *others = encoded(trained(encoder, world.plain), world.plain)
    if not any(first_difference(row, first) for row in others):
        return f"Each of {len(world.plain)} deliveries in all kinds of weather got the same: {shown(first, 200)}."
    return None


@encoder.demands("has its columns, whatever the deliveries", points=1, after=NUMBERS, call=shown_by(
    "plain", 'plain = world.table("plain")',
    "[list(encoder.transform(deliveries).columns) for deliveries in (plain, plain.head(1), plain.head(0))]"))
def _(encoder: Maker, world: Deliveries) -> str | None:
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


@encoder.demands("gives a column to weather of 5 rows, and no other", points=1, after=NUMBERS, call=shown_by(
    "rare", 'rows = world.table("rare")', 'print(rows["weather"].value_counts())',
    'rows = rows.drop_duplicates("weather")', 'print(rows["weather"])', "encoder.transform(rows)"))
def _(encoder: Maker, world: Deliveries) -> str | None:
    made, rows = trained(encoder, world.rare), one_each(world.rare, 0)
    for row, found in zip(rows, encoded(made, rows), strict=True):
        seen = sum(other.weather == row.weather for other in world.rare)
        wrong = first_difference(found, part(right(world.rare, row), "weather"))
        if not wrong and f"weather={row.weather}" in found and row.weather not in common(world.rare):
            wrong = f"a column weather={row.weather}"
        if wrong:
            return (f"After training on {len(world.rare)} deliveries, {seen} of them in weather {row.weather!r}, one "
                    f"in this weather got {wrong}.")
    one = world.plain[:1]
    wrong = fault(trained(encoder, one), one, one, "weather")
    return wrong and f"After training on a single delivery, {wrong}."


@encoder.demands("knows what to do with the unseen", points=1, after=NUMBERS, call=shown_by(
    "plain", 'new = world.table("newcomer")', 'print(new[["weather", "courier"]])', "encoder.transform(new)"))
def _(encoder: Maker, world: Deliveries) -> str | None:
    made, first, new = trained(encoder, world.plain), world.plain[0], world.newcomer
    asked = [(Delivery(new.weather, first.courier), ["weather"]), (Delivery(first.weather, new.courier), ["courier"]),
             (new, ["weather", "courier"])]
    with about(f"weather {new.weather!r} and courier {new.courier!r}, which the training data don't have"):
        wrong = next(filter(None, (fault(made, world.plain, [row], *parts) for row, parts in asked)), None)
    return wrong and f"The training data have no weather {new.weather!r} and no courier {new.courier!r}, and {wrong}."


@encoder.demands("knows missing from everything else", points=1, after=NUMBERS, call="\n".join((
    'for name in ("gaps", "texts"):', "    encoder, rows = Encoder(), world.table(name)", "    encoder.fit(rows)",
    '    print(rows[["weather", "courier"]].to_string(), encoder.transform(rows).to_string(), sep="\\n")')))
def _(encoder: Maker, world: Deliveries) -> str | None:
    for what, training in (("without a missing value", world.plain), ("with missing values", world.gaps)):
        gone = gaps(training)
        with about(f"deliveries with missing values, after training {what}"):
            found = encoded(trained(encoder, training), gone)
        for row, numbers in zip(gone, found, strict=True):
            planned = right(training, row)
            if not missing(row.courier):
                del planned["courier_share"]  # is asked elsewhere
            wrong = first_difference(numbers, planned)
            if wrong:
                return f"After training {what}, a delivery with {row} got {wrong}."
    texts = [*one_each(world.texts, 0), *one_each(world.texts, 1)]
    for row, found in zip(texts, encoded(trained(encoder, world.texts), texts), strict=True):
        planned = {"weather=missing": missing(row.weather), "courier_missing": missing(row.courier)}
        wrong = first_difference(found, planned)
        if wrong:
            return f"Texts such as 'missing' and 'nan' are values like any other: a delivery with {row} got {wrong}."
    return None


@encoder.demands("gives each courier their share of all training rows", points=1, after=NUMBERS, call=shown_by(
    "gaps", 'rows = world.table("gaps")', 'print(len(rows), rows["courier"].value_counts())',
    'rows = rows.drop_duplicates("courier")', 'print(rows["courier"])', "encoder.transform(rows)"))
def _(encoder: Maker, world: Deliveries) -> str | None:
    training = [Delivery(weather if isinstance(weather, str) else world.plain[0].weather, courier)
                for weather, courier in world.gaps]
    rows = one_each(training, 1)
    found = encoded(trained(encoder, training), rows)
    for row, got in zip(rows, found, strict=True):
        wrong = first_difference(got, {"courier_share": right(training, row)["courier_share"]})
        if wrong:
            own, gone = (sum(map(test, training)) for test in (
                lambda other, courier=row.courier: other.courier == courier, lambda other: missing(other.courier)))
            return (f"Of {len(training)} training rows courier {row.courier} has {own}, and {gone} have no courier: a "
                    f"delivery by {row.courier} got {wrong}.")
    return None


@encoder.demands("gives a delivery alone what it gets among others", points=1, after=NUMBERS, call=shown_by(
    "plain", 'batch = world.table("batch")', "print(encoder.transform(batch).head(1))",
    "encoder.transform(batch.head(1))"))
def _(encoder: Maker, world: Deliveries) -> str | None:
    made, rows = trained(encoder, world.plain), world.batch
    among = encoded(made, rows)
    alone = [encoded(made, [row])[0] for row in rows[:ALONE]]
    backwards = encoded(made, rows[::-1])[::-1]
    for company, other in (("alone", alone), (f"among the same {len(rows)} in another order", backwards)):
        for row, one, two in zip(rows, among, other, strict=False):
            wrong = difference(one, two)
            if wrong:
                return (f"A delivery with {row} got {wrong[0]} {wrong[1]} among {len(rows)} and {wrong[2]} {company}.")
    return None


def difference(one: Numbers, two: Numbers) -> tuple[str, str, str] | None:
    """The first column in which two rows differ, with the number of each; a column that is lacking holds 0."""
    names = dict.fromkeys([*one, *two])
    return next(((name, digits(one.get(name, 0)), digits(two.get(name, 0))) for name in names
                 if not same(one.get(name, 0), two.get(name, 0))), None)


@encoder.demands("learns in fit alone, and each time anew", points=1, after=NUMBERS, call=shown_by(
    "plain", 'plain, other, second = world.table("plain").head(1), world.table("other"), Encoder()',
    "print(encoder.transform(plain))", "second.fit(other)", "encoder.transform(other)",
    "print(encoder.transform(plain))  # as before", "encoder.fit(other)",
    "print(encoder.transform(other.head(1)))", "print(second.transform(other.head(1)))  # the same"))
def _(encoder: Maker, world: Deliveries) -> str | None:
    rows = [*one_each(world.plain, 0), *one_each(world.other, 0), *one_each(world.other, 1), world.newcomer]
    made = trained(encoder, world.plain)
    before = encoded(made, rows)
    other = trained(encoder, world.other)
    wrong = changed(rows, before, encoded(made, rows))
    if wrong:
        return f"One encoder was trained, then another one, on other deliveries. Asked again, of the first {wrong}."
    of_other = encoded(other, rows)
    if not any(map(difference, before, of_other)):
        return "Whether it was trained on one table or on another, it gives the same numbers."
    encoded(made, [world.newcomer] * 30)
    encoded(made, world.other)
    wrong = changed(rows, before, encoded(made, rows))
    if wrong:
        return f"Between two calls of transform there were others, with other deliveries, and then {wrong}."
    made.call("fit", table(world.other), gives="nothing")
    wrong = changed(rows, of_other, encoded(made, rows))
    return wrong and (f"An encoder was trained again, on other deliveries, and compared with a new one trained on the "
                      f"same: {wrong}.")


def changed(rows: list[Delivery], before: list[Numbers], after: list[Numbers]) -> str | None:
    """The first delivery whose numbers are not those of before, in words."""
    for row, one, two in zip(rows, before, after, strict=True):
        wrong = difference(one, two)
        if wrong:
            return f"{wrong[0]} of a delivery with {row} was {wrong[2]} instead of {wrong[1]}"
    return None


@encoder.demands("keeps the index, and the deliveries as they were", points=1, after=NUMBERS, call=shown_by(
    "plain", 'rows = world.table("gaps").iloc[::-1]', "before = rows.copy()", "found = encoder.transform(rows)",
    "encoder.fit(rows)", "found.index.equals(rows.index), rows.equals(before)"))
def _(encoder: Maker, world: Deliveries) -> str | None:
    labels = [f"delivery {17 * number % 12}" for number in range(12)]
    batch = table(world.batch, labels)
    made = trained(encoder, world.plain)
    found = transformed(made, batch)
    if not found.index.equals(batch.index):
        return f"Deliveries with the index {shown(labels)} became numbers with the index {shown(list(found.index))}."
    wrong = changed(world.batch, encoded(made, world.batch), found.to_dict("records"))
    if wrong:
        return f"Deliveries with the index {shown(labels)} were compared with the same ones, numbered from 0: {wrong}."
    frame = table(world.gaps, [f"delivery {number}" for number in range(len(world.gaps))[::-1]])
    for method in ("fit", "transform"):
        left, = made.call(method, frame, gives="nothing").left
        wrong = change(frame, left)
        if wrong:
            return f"Encoder.{method} changed the deliveries that it was given: afterwards {wrong}."
    return None
