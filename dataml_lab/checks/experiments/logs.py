"""Logs of experiments, a row for each user and week, and the intervals that a right analysis of each gives."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

USERS, ZONES, WEEKS = 600, 60, 6
ALPHA = 0.05
ONE = (("spent", "orders"),)
TEN = tuple((top, bottom) for top in ("spent", "returns", "minutes", "tickets", "discount")
            for bottom in ("orders", "visits"))
NEAR, AS_WIDE = 0.02, 0.1  # how far off limits may be: their middle, in half their width, and their width
Limits = tuple[float, float]


class Reading(NamedTuple):
    """How an experiment is read: which column has the units; which weeks of a user count; what is divided by what; how
    many intervals hold together; the sign."""

    unit: Literal["assigned", "user", "zone", "row"] = "assigned"
    weeks: Literal["steady", "all", "first", "later", "calendar", "old"] = "steady"
    form: Literal["sums", "means", "fixed"] = "sums"
    corrected: bool = True
    sign: int = 1


RIGHT = Reading()
METRICS = RIGHT, Reading(form="means"), Reading(sign=-1)  # with each, units, weeks and width can be judged
OTHERS = {
    "These are the limits if rows are the units. The rows of a user are alike, and were assigned together.":
        Reading(unit="row"),
    "These are the limits if users are the units, and whole zones were assigned.": Reading(unit="user"),
    "These are the limits if zones are the units, and users were assigned one by one.": Reading(unit="zone"),
    "These are the limits of the mean of each unit's own ratio, in which a unit with few orders weighs as much as one "
    "with many.": Reading(form="means"),
    "These are the limits of the mean of each row's own ratio, in which a row with few orders weighs as much as one "
    "with many.": Reading(unit="row", form="means"),
    "These are the limits if the sum below the line is taken for a fixed number. It varies with the sum above it.":
        Reading(form="fixed"),
    "These are the limits of all weeks, and in a user's first weeks the effect isn't steady.": Reading(weeks="all"),
    "These are the limits of a user's first weeks, before the effect is steady.": Reading(weeks="first"),
    "These are the limits if the first steady week is left out as well.": Reading(weeks="later"),
    "These are the limits if `week` alone is compared with `settled`. Who joined later has first weeks later.":
        Reading(weeks="calendar"),
    "These are the limits of those who joined in week 0 alone. Who joined later has steady weeks, too.":
        Reading(weeks="old"),
    "Each of these holds in 95 % of experiments on its own, and ten such intervals hold together less often.":
        Reading(corrected=False),
    "These are the limits of control less treatment.": Reading(sign=-1),
}


class Asked(NamedTuple):
    """An experiment: its log, what is known of it, and the limits for each metric; None where it can't be read."""

    what: str
    log: pd.DataFrame
    experiment: dict
    limits: tuple[Limits, ...] | None

    def read(self, reading: Reading) -> tuple[Limits, ...]:
        """The limits that come of reading it in another way."""
        return limits(self.log, self.experiment, reading)

    def expected(self, metric: Reading = RIGHT) -> tuple[Limits, ...] | None:
        """The limits of a right analysis, but for the metric; None where it can't be read."""
        return self.limits if metric is RIGHT or self.limits is None else self.read(metric)

    def others(self, metric: Reading = RIGHT) -> Iterator[tuple[str, tuple[Limits, ...]]]:
        """In words, other ways to read it, and the limits that come of them; with this metric, if it isn't the right
        one."""
        for words, reading in OTHERS.items():
            if reading.weeks == "steady" or self.experiment["settled"]:
                yield words, self.read(reading if metric is RIGHT else
                                       reading._replace(form=metric.form, sign=metric.sign))


class Asking(NamedTuple):
    """The experiments of a world, by what they are for."""

    seed: int
    users: tuple[Asked, ...]
    zones: tuple[Asked, ...]
    novelty: tuple[Asked, ...]
    ten: tuple[Asked, ...]
    disturbed: tuple[Asked, ...]

    @property
    def all(self) -> tuple[Asked, ...]:
        """All of them."""
        return tuple(asked for some in self[1:] for asked in some)

    @property
    def is_fair(self) -> bool:
        """Whether the middle shows another form of the metric, and a steady week that is left out."""
        return (off(self.users[0].read(Reading(form="means"))[0], self.users[0].limits[0])[0] > 2 * NEAR
                and off(self.novelty[0].read(Reading(weeks="later"))[0], self.novelty[0].limits[0])[0] > 2 * NEAR)


def off(found: Limits, right: Limits) -> tuple[float, float]:
    """By how much the middle is off, in half the width of the right limits, and by which share the width is."""
    (low, high), wide = found, right[1] - right[0]
    return abs(low + high - sum(right)) / wide, abs((high - low) / wide - 1)


def agree(found: Limits, right: Limits) -> bool:
    """Whether limits are as good as right."""
    middle, width = off(found, right)
    return middle <= NEAR and width <= AS_WIDE


def limits(log: pd.DataFrame, experiment: dict, reading: Reading = RIGHT) -> tuple[Limits, ...]:
    """The limits of treatment less control for each metric, all of which hold together in 95 % of experiments
    (Bonferroni), by the delta method."""
    rows = log[_counted(log, experiment["settled"], reading.weeks)]
    unit = experiment["assigned"] if reading.unit == "assigned" else reading.unit
    places = np.arange(len(rows)) if unit == "row" else np.unique(rows[unit], return_inverse=True)[1]
    treated, pairs = (rows["arm"] == "treatment").to_numpy(), experiment["metrics"]
    names = {name for pair in pairs for name in pair}
    sums = {name: _summed(places, treated, rows[name].to_numpy(float)) for name in names}
    alpha = ALPHA / len(pairs) if reading.corrected else ALPHA
    return tuple(_limits([_part(sums[top][arm], sums[bottom][arm], reading.form) for arm in (0, 1)], alpha,
                         reading.sign) for top, bottom in pairs)


def _summed(places: np.ndarray, treated: np.ndarray, values: np.ndarray) -> list[np.ndarray]:
    """The sums of the units of each arm that have rows."""
    found = []
    for arm in (~treated, treated):
        rows = np.bincount(places[arm])
        found.append(np.bincount(places[arm], values[arm])[rows > 0])
    return found


def _counted(log: pd.DataFrame, settled: int, weeks: str) -> pd.Series:
    """Which rows count."""
    since = log["week"] - log["joined"]
    return {"steady": since >= settled, "all": since >= 0, "first": since < settled, "later": since > settled,
            "calendar": log["week"] >= settled, "old": (since >= settled) & (log["joined"] == 0)}[weeks]


def _part(top: np.ndarray, bottom: np.ndarray, form: str) -> tuple[float, float, int]:
    """The metric of an arm, the variance of this estimate, and the number of units."""
    if form == "means":
        ratios = top[bottom > 0] / bottom[bottom > 0]
        return float(ratios.mean()), ratios.var(ddof=1) / len(ratios), len(ratios)
    ratio = top.sum() / bottom.sum()
    parts = (top - ratio * bottom if form == "sums" else top) / bottom.mean()
    return float(ratio), parts.var(ddof=1) / len(parts), len(parts)


def _limits(arms: Sequence[tuple[float, float, int]], alpha: float, sign: int) -> Limits:
    """The limits of the difference by Welch's t."""
    (below, var_below, few), (above, var_above, many) = arms
    variance = var_below + var_above
    freedom = variance**2 / (var_below**2 / (few - 1) + var_above**2 / (many - 1))
    wide = student.isf(alpha / 2, freedom) * variance**0.5
    return float(sign * (above - below) - wide), float(sign * (above - below) + wide)


def drawn(random: np.random.Generator, assigned: str, effect: float, first: tuple[float, ...] = (),
          joins: int = 1) -> pd.DataFrame:
    """A log in which spending per order is higher by the share `effect` in treatment, more for users of many orders;
    in the first weeks of a user by other shares. Users join in so many
    weeks from week 0. Users of a zone are alike, and so are the weeks of a user."""
    zone = np.arange(USERS) % ZONES
    treated = (random.permutation(USERS) < USERS // 2 if assigned == "user"
               else (random.permutation(ZONES) < ZONES // 2)[zone])
    joined, users = random.integers(0, joins, USERS), np.repeat(np.arange(USERS), WEEKS)
    week = np.tile(np.arange(WEEKS), USERS)
    here = week >= joined[users]
    users, week = users[here], week[here]
    since = week - joined[users]
    lifts = np.where(since < len(first), np.append(first, 0.0)[np.minimum(since, len(first))], effect)
    names = np.array([f"Z{number:02d}" for number in random.permutation(ZONES)])
    table = pd.DataFrame({
        "user": random.permutation(np.arange(1001, 1001 + USERS))[users], "zone": names[zone[users]], "week": week,
        "joined": joined[users], "arm": np.where(treated[users], "treatment", "control"),
        **_behaviour(random, zone, users, treated[users] * lifts)})
    return table.iloc[random.permutation(len(table))].reset_index(drop=True)


def _behaviour(random: np.random.Generator, zone: np.ndarray, users: np.ndarray, lifts: np.ndarray) -> dict:
    """What users do in a week. Those with many orders spend more on each of them."""
    levels = norm.ppf((np.arange(ZONES) + 0.5) / ZONES)
    busy, level = (random.permutation(levels)[zone] for _ in range(2))
    habit = random.gamma(3, 1 / 3, USERS) * np.exp(0.3 * busy)
    own = [(np.exp(0.45 * level + random.normal(0, 0.2, USERS)) * (0.7 + 0.3 * habit))[users] for _ in range(5)]
    orders = random.poisson(2 * habit[users])
    visits = 1 + orders + random.poisson((1 + 2 * habit)[users])
    spent = random.gamma(4 * np.maximum(orders, 0.001), 5 * own[0]) * (orders > 0) * (1 + lifts * habit[users])
    return {"visits": visits, "orders": orders, "spent": spent.round(2),
            "returns": random.binomial(orders, np.clip(0.1 * own[1], 0, 0.9)),
            "minutes": (orders * 25 * own[2] * np.exp(random.normal(0, 0.1, len(users)))).round(1),
                "tickets": random.poisson(0.2 * orders * own[3]),
            "discount": (spent * np.clip(0.1 * own[4], 0, 0.9)).round(2)}


def asked(what: str, log: pd.DataFrame, assigned: str, shared: str | None, settled: int = 0,
          metrics: tuple[tuple[str, str], ...] = ONE) -> Asked:
    """An experiment with its right limits: none where arms that share something were drawn one user at a time."""
    experiment = {"assigned": assigned, "shared": shared, "settled": settled, "metrics": list(metrics)}
    disturbed = shared == "zone" and assigned == "user"
    return Asked(what, log, experiment, None if disturbed else limits(log, experiment))


def asking(seed: int) -> Asking:
    """The experiments of a world."""
    random = np.random.default_rng(seed)
    by_user, by_zone = drawn(random, "user", 0.2), drawn(random, "zone", 0.2)
    new, many = drawn(random, "user", 0.1, first=(0.6, 0.4), joins=3), drawn(random, "user", 0.2)
    return Asking(
        seed, (asked("the experiment whose users were assigned", by_user, "user", None),),
        (asked("the experiment whose zones were assigned and have couriers of their own", by_zone, "zone", "zone"),
         asked("the experiment whose zones were assigned and share nothing", by_zone, "zone", None,
               metrics=(("minutes", "orders"),))),
        (asked("the experiment that is steady from a user's third week on", new, "user", None, settled=2),),
        (asked("the experiment with ten metrics", many, "user", None, metrics=TEN),),
        (asked("the experiment whose users were assigned and whose arms share the couriers of a zone", by_user, "user",
               "zone"),))
