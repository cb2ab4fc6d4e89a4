"""Planned experiments on a model of delivery times, randomised by zone: what each shows is fixed before it is drawn.

Zones differ far more than a model can change, so that each is compared with itself before the start. The noise of each
arm and day is centred, so that the arms differ by what is planned.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from scipy.stats import norm

Verdict = Literal["ship", "keep", "invalid"]
VERDICTS = ("ship", "keep", "invalid")
ZONES, BEFORE, DAYS = 120, 7, 10
HALF = ZONES // 2
ERRORS = 0.135, 0.00135  # standard errors at the end, in minutes and as a share of the deliveries
Path = Callable[[int], float]


class Setting(NamedTuple):
    """How an experiment is drawn: the gain in standard errors up to the end of each day, the rise of the late share and
    its margin, the number of treated zones and the planned share, the days that are planned and those in the log,
    whether a zone changes its arm, and by how many of its standard errors the arms differed before the start."""

    gain: Path
    rise: float = 0.0
    margin: float = 0.05
    treated: int = HALF
    share: float = 0.5
    days: int = DAYS
    ran: int = DAYS
    moved: bool = False
    unlike: float = 0.0

    @property
    def end(self) -> int:
        """The number of planned days that are in the log."""
        return min(self.days, self.ran)


class Trial(NamedTuple):
    """An experiment: its log and its plan, the right verdict and why. The gain in standard errors, above 0 where errors
    got smaller: by the planned days in the log, after two days, and the most after any day; and the same of what the
    arms differed by before the start."""

    what: str
    log: dict
    plan: dict
    verdict: Verdict
    why: str
    t: float
    early: float
    most: float
    before: float


class Trials(NamedTuple):
    """Experiments without an effect, with the planned one, and others by what they are for."""

    seed: int
    null: tuple[Trial, ...]
    effect: tuple[Trial, ...]
    worse: tuple[Trial, ...]
    broken: tuple[Trial, ...]
    moved: tuple[Trial, ...]
    sound: tuple[Trial, ...]
    days: tuple[Trial, ...]
    harmful: tuple[Trial, ...]
    harmless: tuple[Trial, ...]

    @property
    def all(self) -> tuple[Trial, ...]:
        """All of them."""
        return tuple(trial for trials in self[1:] for trial in trials)


def steady(t: float, days: int = DAYS) -> Path:
    """A gain that adds up to t standard errors at the end of the planned days."""
    return lambda day: t * (day / days) ** 0.5


def chance(t: float, peak: float = 3.0, on: int = 4) -> Path:
    """A gain of t standard errors at the end that was `peak` at the end of an earlier day."""
    lift = peak - steady(t)(on)
    return lambda day: steady(t)(day) + lift * np.exp(-((day - on) / 1.3) ** 2)


def turned(t: float, after: float, later: int) -> Path:
    """A gain of t standard errors at the end of the planned days, and of another one so many days later."""
    return lambda day: steady(t)(min(day, DAYS)) + (after - t) * max(day - DAYS, 0) / later


def strata(count: int, centre: float = 0.0) -> np.ndarray:
    """The middle of each of so many equally likely parts of a normal distribution of deviation 1.

    >>> strata(4).round(2).tolist()
    [-1.15, -0.32, 0.32, 1.15]
    """
    return centre + norm.ppf((np.arange(count) + 0.5) / count)


def log_of(random: np.random.Generator, setting: Setting) -> dict[str, np.ndarray]:
    """The log of an experiment: arrays with a row for each zone and a column for each day, and the days' numbers."""
    days = np.arange(-BEFORE, setting.ran)
    treated = random.permutation(ZONES) < setting.treated
    deliveries = np.repeat(random.integers(120, 281, ZONES)[:, None], len(days), axis=1)
    season = random.normal(0, 0.3, len(days))
    minutes = 8 + season + _levels(random, treated, 3.0, -setting.unlike)[:, None]
    late = 0.07 + _levels(random, treated, 0.03, 0.0)[:, None]
    noise = [_noise(random, treated, deliveries[:, 0], len(days), error, setting.end) for error in ERRORS]
    minutes, late = minutes + noise[0], late + noise[1]
    minutes[:, BEFORE:] -= treated[:, None] * _by_day(setting.gain, _errors(noise[0], treated))
    late[:, BEFORE:] += treated[:, None] * setting.rise
    arms = np.repeat(treated[:, None], len(days), axis=1)
    if setting.moved:
        arms[random.integers(ZONES), days >= 4] ^= True
    return {"day": days, "treated": arms, "deliveries": deliveries, "minutes": (minutes * deliveries).round(1),
            "late": (late * deliveries).round().astype(int)}


def _levels(random: np.random.Generator, treated: np.ndarray, scale: float, unlike: float) -> np.ndarray:
    """The level of each zone, skewed. The means of the arms differ by so many standard errors."""
    found = random.gamma(2, scale, ZONES)
    apart = found[treated].mean() - found[~treated].mean()
    error = sum(found[arm].var(ddof=1) / arm.sum() for arm in (treated, ~treated)) ** 0.5
    return found + treated * (unlike * error - apart)


def _noise(random: np.random.Generator, treated: np.ndarray, weights: np.ndarray, days: int, error: float,
           end: int) -> np.ndarray:
    """Noise of each zone and day, and a turn of each zone at the start, so that its days are alike. In each
    arm its mean is 0 on each day, and so is that by these weights. It gives the difference of the arms this standard
    error after so many days."""
    found = random.normal(0, 1, (ZONES, days))
    found[:, BEFORE:] += random.normal(0, 1, (ZONES, 1))
    for arm in (treated, ~treated):
        known = np.column_stack([np.ones(arm.sum()), weights[arm]])
        found[arm] -= known @ np.linalg.lstsq(known, found[arm], rcond=None)[0]
    return found * error / _errors(found, treated)[end - 1]


def _errors(values: np.ndarray, treated: np.ndarray) -> np.ndarray:
    """The standard error of the difference of the arms in what changed since the start, up to each day."""
    after = values[:, BEFORE:].cumsum(axis=1) / np.arange(1, values.shape[1] - BEFORE + 1)
    changed = after - values[:, :BEFORE].mean(axis=1, keepdims=True)
    return sum(changed[arm].var(axis=0, ddof=1) / arm.sum() for arm in (treated, ~treated)) ** 0.5


def _by_day(gain: Path, errors: np.ndarray) -> np.ndarray:
    """The gain on each day, in minutes, from those in standard errors up to each day."""
    days = np.arange(1, len(errors) + 1)
    return np.diff(days * errors * [gain(int(day)) for day in days], prepend=0)


def trial(random: np.random.Generator, what: str, setting: Setting, verdict: Verdict, why: str = "") -> Trial:
    """An experiment with this setting, and what is right for it."""
    gains = [float(setting.gain(day)) for day in range(1, setting.end + 1)]
    plan = {"days": setting.days, "share": setting.share, "margin": setting.margin}
    return Trial(what, log_of(random, setting), plan, verdict, why, gains[-1], gains[1], max(gains), setting.unlike)


def trials(seed: int) -> Trials:
    """The experiments of a world."""
    random = np.random.default_rng(seed)
    return Trials(seed, without_effect(random), with_effect(random), *(
        tuple(trial(random, *case) for case in cases)
        for cases in (WORSE, BROKEN, MOVED, SOUND, DAYS_OF, HARMFUL, HARMLESS)))


def without_effect(random: np.random.Generator) -> tuple[Trial, ...]:
    """As many as there are parts of the distribution of t. Four of them looked like an effect on the fourth day."""
    gains, peaked = strata(NULL), random.choice(np.arange(NULL // 4, 3 * NULL // 4), PEAKED, replace=False)
    return tuple(trial(random, f"no. {number} without an effect", Setting(
        (chance if place in peaked else steady)(gains[place]), unlike=unlike), "keep")
        for number, (place, unlike) in enumerate(_shuffled(random, NULL), 1))


def with_effect(random: np.random.Generator) -> tuple[Trial, ...]:
    """As many as there are parts of the distribution of t around that of the planned effect."""
    gains = strata(EFFECT, PLANNED)
    return tuple(trial(random, f"no. {number} with the planned effect", Setting(steady(gains[place]), unlike=unlike),
                       "ship")
                 for number, (place, unlike) in enumerate(_shuffled(random, EFFECT), 1))


def _shuffled(random: np.random.Generator, count: int) -> list[tuple[int, float]]:
    """The places of experiments in random order, each with by how much its arms differed before the start."""
    return list(zip(random.permutation(count).tolist(), (UNLIKE * random.permutation(strata(count))).tolist(),
                    strict=True))


NULL, PEAKED, EFFECT, PLANNED, UNLIKE = 40, 4, 20, 3.2, 0.6
Case = tuple[str, Setting, Verdict, str]
WORSE: tuple[Case, ...] = tuple(
    (f"an experiment in which errors get larger, t = {t}", Setting(steady(t)), "keep", "") for t in (-3, -4, -5))
BROKEN: tuple[Case, ...] = (
    ("a log with 38 of 120 zones in treatment, where half was planned", Setting(steady(4), treated=38), "invalid",
     "by chance, 38 or fewer, or 82 or more, come in 1 of 14,000 experiments"),
    ("a log with 50 of 120 zones in treatment, where a quarter was planned", Setting(steady(4), treated=50, share=0.25),
     "invalid", "30 are expected, and so far away it is in 1 of 20,000 experiments"),
    ("a log of 6 of 10 planned days with 84 of 120 zones in treatment, where half was planned",
     Setting(steady(4, 6), treated=84, ran=6), "invalid", "a broken split is invalid on any day"))
MOVED: tuple[Case, ...] = (
    ("a log in which a zone goes over to the other arm on day 4", Setting(steady(4), moved=True), "invalid", ""),
    ("a log of 6 of 10 planned days in which a zone goes over to the other arm on day 4",
     Setting(steady(4, 6), ran=6, moved=True), "invalid", ""))
SOUND: tuple[Case, ...] = (
    ("a log with 47 of 120 zones in treatment, where half was planned", Setting(steady(4), treated=47), "ship",
     "p is about 0.02, and such a split comes by chance in 1 of 50 experiments"),
    ("a log with 30 of 120 zones in treatment, where a quarter was planned", Setting(steady(4), treated=30, share=0.25),
     "ship", "it is what was planned"),
    ("a log with 60 of 120 zones in treatment, where half was planned", Setting(steady(4)), "ship",
     "it is what was planned: zones were drawn, not deliveries"))
DAYS_OF: tuple[Case, ...] = (
    ("a log of 6 of 10 planned days, with t = 4 up to now", Setting(steady(4, 6), ran=6), "keep",
     "to ship what looks good before the end is peeking"),
    ("a log of 9 of 10 planned days, with t = 4 up to now", Setting(steady(4, 9), ran=9), "keep",
     "day 9 is the last one of 10, and it is missing"),
    ("a log of 8 of 8 planned days, with t = 4", Setting(steady(4, 8), days=8, ran=8), "ship",
     "all planned days are there"),
    ("a log of 14 days, of which 10 were planned, with t = −0.5 after 10 days and 5 after 14",
     Setting(turned(-0.5, 5, 4), ran=14), "keep", "to go on until it looks good is peeking"),
    ("a log of 11 days, of which 10 were planned, with t = 4 after 10 days and 0 after 11",
     Setting(turned(4, 0, 1), ran=11), "ship", "the day after the planned ones isn't read"))
HARMFUL: tuple[Case, ...] = (
    ("an experiment that makes 2 points more of the deliveries late, where the margin is 1 point",
     Setting(steady(4), rise=0.02, margin=0.01), "keep", "the harm is plain"),
    ("an experiment that makes 1.15 points more of the deliveries late, where the margin is 1 point",
     Setting(steady(4), rise=0.0115, margin=0.01), "keep", "the interval goes from 0.9 to 1.4 points"),
    ("an experiment that makes 0.15 points more of the deliveries late, where the margin is 0.3 points",
     Setting(steady(4), rise=0.0015, margin=0.003), "keep", "the interval goes from −0.1 to 0.4 points"))
HARMLESS: tuple[Case, ...] = (
    ("an experiment that makes 0.5 points more of the deliveries late, where the margin is 1 point",
     Setting(steady(4), rise=0.005, margin=0.01), "ship", "the interval goes from 0.2 to 0.8 points, below the margin"),
    ("an experiment that makes 0.2 points fewer of the deliveries late, where the margin is 0.6 points",
     Setting(steady(4), rise=-0.002, margin=0.006), "ship",
     "by the change of each zone, the interval goes from −0.5 to 0.1 points, below the margin"))
