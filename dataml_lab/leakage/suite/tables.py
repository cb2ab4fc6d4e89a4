"""The labelled tables: for each which columns leak and how, and whether its split does."""

from collections.abc import Iterator
from itertools import count
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.leakage.suite import columns, worlds
from dataml_lab.leakage.suite.columns import Column
from dataml_lab.leakage.suite.worlds import Setting

Half = Literal["tune", "held_out"]
ROWS = "rows"  # stands for a column where the leak is in how the rows are split
SIZES = {"tune": (700, 1_600, 3_000), "held_out": (900, 2_200, 4_000)}
SHARES = {"tune": (0.12, 0.3, 0.5), "held_out": (0.08, 0.22, 0.4)}
SIGNALS = {"tune": (1.0, 2.0, 4.0), "held_out": (0.7, 2.5, 5.0)}
DIALS = {"tune": (0.2, 0.5, 0.9), "held_out": (0.05, 0.35, 0.7, 1.0)}
FAMILIES = {"tune": (worlds.customers, worlds.machines), "held_out": (
    worlds.customers, worlds.patients, worlds.machines)}
SEEDS = {"tune": 1_000, "held_out": 70_000}


class Case(NamedTuple):
    """A table with the label in column `label`, and what is planted: pairs of a column, or "rows", and a kind.

    `asked` is what `examine` is told besides: times, groups, split, available_at.
    """

    name: str
    table: pd.DataFrame
    leaks: frozenset[tuple[str, str]]
    asked: dict[str, Any]


class Draw(NamedTuple):
    """A generator, and the setting and dial that it drew from those of its half."""

    random: np.random.Generator
    half: Half
    setting: Setting
    dial: float
    family: worlds.World


def draws(half: Half) -> Iterator[Draw]:
    """One draw after the other, each with a seed of its own."""
    for seed in count(SEEDS[half]):
        random = np.random.default_rng(seed)
        sizes, shares, signals = (random.choice(of[half]) for of in (SIZES, SHARES, SIGNALS))
        family = FAMILIES[half][random.integers(len(FAMILIES[half]))]
        yield Draw(random, half, Setting(int(sizes), shares, signals), random.choice(DIALS[half]), family)


def tables(half: Half) -> list[Case]:
    """All cases of a half."""
    draw = draws(half)
    pairs = columns.OUTCOME | columns.MISSING
    cases = [case for leaky, mended in pairs.items() for case in outcome_cases(draw, leaky, mended)]
    cases += [case for leaky, mended in columns.MEAN.items() for case in mean_cases(draw, leaky, mended)]
    cases += [case for leaky, mended in columns.FUTURE.items() for case in future_cases(draw, leaky, mended)]
    cases += [masked_case(next(draw), number) for number in (2, 3, 4)]
    cases += [innocent_case(next(draw), number) for number in range(8)]
    cases += [case for _ in range(2) for case in [*number_cases(next(draw)), *available_cases(next(draw))]]
    cases += [case for _ in range(2) for make in SPLITS for case in make(next(draw))]
    return cases


def kind_of(column: Column) -> str:
    """The kind of leak that a leaky column is."""
    families = {"target": columns.OUTCOME, "missingness": columns.MISSING, "encoding": columns.MEAN,
                "time travel": columns.FUTURE}
    return next(kind for kind, family in families.items() if column in family)


def with_columns(draw: Draw, table: pd.DataFrame, *made: Column, innocents: int = 3) -> pd.DataFrame:
    """The table with these columns and some innocent ones, in random order, the label last."""
    free = [column for column in columns.INNOCENT if column not in made]
    others = [free[place] for place in draw.random.choice(len(free), innocents, replace=False)]
    new = {column.__name__: column(draw.random, table, draw.dial) for column in (*made, *others)}
    found = table.assign(**new)
    order = [name for name in found if name != "label"]
    return found[[*draw.random.permutation(order), "label"]]


def case(name: str, draw: Draw, table: pd.DataFrame, *leaky: Column, **asked: Any) -> Case:
    """A case in which these columns leak."""
    return Case(f"{name}, {draw.half}", table, frozenset((made.__name__, kind_of(made)) for made in leaky), asked)


def outcome_cases(draws_: Iterator[Draw], leaky: Column, mended: Column) -> Iterator[Case]:
    """A column written when the outcome was known, twice, and each time its twin in another table."""
    for _ in range(2):
        draw = next(draws_)
        yield case(leaky.__name__, draw, with_columns(draw, draw.family(draw.random, draw.setting), leaky), leaky)
        draw = next(draws_)
        yield case(f"{mended.__name__}, mended", draw,
                   with_columns(draw, draw.family(draw.random, draw.setting), mended))


def mean_cases(draws_: Iterator[Draw], leaky: Column, mended: Column) -> Iterator[Case]:
    """A mean of the label by postcode, with the postcode in the table and (a plain mean) without it, and its twin."""
    for made, kept in ((leaky, True), (mended, True), (leaky, leaky is not columns.mean_of_code), (mended, False)):
        draw = next(draws_)
        table = draw.family(draw.random, draw.setting)
        table["postcode"] = columns.postcode(draw.random, table, 8 if draw.half == "tune" else 14)
        table = with_columns(draw, table, made)
        found = table if kept else table.drop(columns="postcode")
        yield case(made.__name__, draw, found, *[made] * (made is leaky))


def of_panel(draw: Draw) -> pd.DataFrame:
    """A panel of the drawn setting, of 8 or 12 weeks."""
    return worlds.panel(draw.random, draw.setting, 12 if draw.half == "tune" else 8)


def future_cases(draws_: Iterator[Draw], leaky: Column, mended: Column) -> Iterator[Case]:
    """A column that later rows of the user move, and its twin; the detector knows the users and the times."""
    for made in (leaky, mended) * 2:
        draw = next(draws_)
        table = with_columns(draw, of_panel(draw), made, columns.last_week, innocents=2)
        yield case(made.__name__, draw, table, *[made] * (made is leaky), times="as_of", groups="user_id")


def masked_case(draw: Draw, number: int) -> Case:
    """A table with several leaks at once, of which each hides the others from a model."""
    pool = list(columns.OUTCOME | columns.MISSING)
    leaky = [pool[place] for place in draw.random.choice(len(pool), number, replace=False)]
    return case(f"{number} leaks", draw, with_columns(draw, draw.family(draw.random, draw.setting), *leaky), *leaky)


def innocent_case(draw: Draw, number: int) -> Case:
    """A table with eight innocents and nothing else."""
    return case(f"innocents {number}", draw, with_columns(
        draw, draw.family(draw.random, draw.setting), innocents=8))


def number_cases(draw: Draw) -> Iterator[Case]:
    """A label that is a number: a number made of it, and an honest table."""
    table = worlds.homes(draw.random, draw.setting)
    yield case("a price", draw, with_columns(draw, table, columns.verdict_score), columns.verdict_score)
    yield case("a price, mended", draw, with_columns(draw, table, columns.symptom))


def available_cases(draw: Draw) -> Iterator[Case]:
    """A weak column that is written three days late, and the same that is there in time: only its date says so."""
    table = of_panel(draw)
    table["late"] = draw.random.normal(size=len(table)) + 0.2 * table["label"]
    for days, name in ((3, "written late"), (0, "written in time, mended")):
        written = table["as_of"] + days * worlds.DAY - pd.Timedelta(hours=1)
        yield Case(f"{name}, {draw.half}", table, frozenset([("late", "availability")] * (days > 0)),
                   {"times": "as_of", "available_at": {"late": written}})


# ------------------------------------------------------------------------------------------------------- splits

def by_chance(draw: Draw, rows: int) -> np.ndarray:
    """Which rows are tested: each with probability 0.3."""
    return draw.random.random(rows) < 0.3


def copies(draw: Draw) -> Iterator[Case]:
    """Rows that were copied before a split by chance, exactly or but for a little noise, and none."""
    table = with_columns(draw, draw.family(draw.random, draw.setting), innocents=2)
    table = table.drop(columns=["record", "token"], errors="ignore")
    copied = table.sample(frac=0.05 + 0.15 * draw.dial, random_state=draw.random.integers(1 << 30))
    near = copied.copy()
    for name in copied.select_dtypes("float"):
        near[name] += draw.random.normal(0, 1e-3, len(copied)) * copied[name].std()
    for name, rows in (("exact copies", copied), ("near copies", near), ("no copies, mended", copied[:0])):
        found = pd.concat([table, rows], ignore_index=True).sample(frac=1, random_state=1).reset_index(drop=True)
        yield Case(f"{name}, {draw.half}", found, frozenset([(ROWS, "duplicates")] * (len(rows) > 0)),
                   {"split": by_chance(draw, len(found))})


def repeated(draw: Draw) -> Iterator[Case]:
    """The rarer label repeated until both are as frequent, before the split; and only among the rows to fit."""
    table = with_columns(draw, draw.family(draw.random, draw.setting), innocents=2)
    table = table.drop(columns=["record", "token"], errors="ignore")
    seed = int(draw.random.integers(1 << 30))
    for within in (False, True):
        test = by_chance(draw, len(table)) if within else np.zeros(len(table), bool)
        counts = table["label"][~test].value_counts()
        rare = table[~test & (table["label"] == counts.idxmin())]
        more = rare.sample(counts.max() - counts.min() + 60, replace=True, random_state=seed)
        found = pd.concat([table, more], ignore_index=True)
        split = np.concatenate([test, np.zeros(len(more), bool)]) if within else by_chance(draw, len(found))
        name = "repeated where it is fitted, mended" if within else "repeated before the split"
        yield Case(f"{name}, {draw.half}", found, frozenset([(ROWS, "duplicates")] * (not within)), {"split": split})


def few_patterns(draw: Draw) -> Iterator[Case]:
    """Answers to a few questions with a few answers each: equal rows are many, and no copies."""
    answers = draw.random.integers(0, 3, (draw.setting.rows, 5))
    table = pd.DataFrame(answers, columns=[f"question_{number}" for number in range(1, 6)])
    table["label"] = worlds.outcome(draw.random, answers.sum(axis=1) + draw.random.normal(size=len(table)),
                                    draw.setting)
    yield Case(f"few patterns, {draw.half}", table, frozenset(), {"split": by_chance(draw, len(table))})


def groups(draw: Draw) -> Iterator[Case]:
    """Users of whom some rows are fitted and some tested, by chance; whole users; and users without a tendency."""
    table = of_panel(draw).drop(columns="as_of")
    split = by_chance(draw, len(table))
    yield Case(f"users on both sides, {draw.half}", table, frozenset([(ROWS, "groups")]),
               {"groups": "user_id", "split": split})
    users = table["user_id"].unique()
    whole = table["user_id"].isin(users[draw.random.random(len(users)) < 0.3]).to_numpy()
    yield Case(f"whole users, mended, {draw.half}", table, frozenset(), {"groups": "user_id", "split": whole})
    alike = draw.family(draw.random, draw.setting)
    alike["counter"] = draw.random.integers(0, len(alike) // 10, len(alike))
    yield Case(f"groups that say nothing, {draw.half}", alike, frozenset(),
               {"groups": "counter", "split": by_chance(draw, len(alike))})


def series(draw: Draw) -> Iterator[Case]:
    """A series by the hour whose level wanders, split by chance, and by time."""
    n = draw.setting.rows
    level = draw.random.normal(0, 0.3, n).cumsum()
    table = pd.DataFrame({
        "at": worlds.START + pd.to_timedelta(np.arange(n), unit="h"), "load": draw.random.normal(size=n),
        "wind": draw.random.gamma(2, 2, n).round(1), "valve": draw.random.choice(["open", "shut"], n)})
    table["label"] = worlds.outcome(draw.random, 2 * level / level.std() + table["load"].to_numpy(), draw.setting)
    yield Case(f"a series by chance, {draw.half}", table, frozenset([(ROWS, "time order")]),
               {"times": "at", "split": by_chance(draw, n)})
    yield Case(f"a series by time, mended, {draw.half}", table, frozenset(),
               {"times": "at", "split": np.arange(n) >= 0.7 * n})


def later_weeks(draw: Draw) -> Iterator[Case]:
    """A panel tested on its last weeks: the users are the same on both sides, as they are in production."""
    table = of_panel(draw)
    yield Case(f"the last weeks, {draw.half}", table, frozenset(), {
        "times": "as_of", "groups": "user_id", "split": (table["as_of"] >= table["as_of"].quantile(0.7)).to_numpy()})


def shifted(draw: Draw) -> Iterator[Case]:
    """A test whose inputs are of other machines or customers than those fitted: a shift, and no leak."""
    table = with_columns(draw, draw.family(draw.random, draw.setting))
    number = next(name for name in table.select_dtypes("float") if table[name].notna().all())
    split = (table[number].rank(pct=True) + draw.random.normal(0, 0.3, len(table)) > 0.8).to_numpy()
    yield Case(f"another population, {draw.half}", table, frozenset(), {"split": split})


SPLITS = (copies, repeated, few_patterns, groups, series, later_weeks, shifted)
