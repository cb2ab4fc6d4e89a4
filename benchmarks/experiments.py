"""Tests of experiments: what they promise, and how long they take.

`python benchmarks/experiments.py [--experiments 20000] [--users 10000000]`

What they promise, in simulated experiments, of which a row has as many as are asked for: the share in which an effect
is found where there is none, which is to be 5 %, or at most that for the always-valid test; the share in which the
interval holds the truth, where there is an effect, which is to be 95 % at least, at all looks at once; and that of
relative intervals. Populations are skewed (`dataml_lab.experiments.simulate`), with 200 users in an arm, 400 for a
proportion, and 30 clusters. Looks are at the ends of 14 days with 1,000 users a day and arm, at a proportion of 10 %,
and, for the always-valid test, of 200 days, in a tenth of the experiments; other metrics are read on 14 days, with 60
users a day and arm, in half of the experiments. Peeking is beside them, with the exact share that it is to have. A
share that is off by more than 3.5 standard errors is marked, and the exit code is then 1. Power is that of the effect
that the plan is made for, where it promises 80 %; of one percentage point for the others.

How long they take: 10⁷ users in a frame; each contender has a process of its own, and the frame or arrays that it likes
best before the clock starts; it answers in turn with the others. "mean" is Welch's interval of a mean, on which all
must agree to 10⁻⁹ of the interval's width. "three metrics" are a mean with CUPED, a proportion and a ratio, of which
differences may be apart by a thousandth of the interval: tea-tasting's θ is of another divisor. statsmodels has no
ratio. "refused" includes the search for users in both arms and all else that is refused. A ratio is one round's time by
ours of that round; medians are printed. Memory is the process's peak during an answer less what it held before. Without
tea-tasting (`pip install "dataml-lab[bench]"`) its rows are missing, and a line says so.
"""

import argparse
import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

os.environ.update(OMP_WAIT_POLICY="PASSIVE")  # before anything that has threads is imported

import numpy as np
import pandas as pd
from contenders import Contender, raced, serve

from dataml_lab.experiments.bounds import equal_looks, growth, peeking, spending_bounds
from dataml_lab.experiments.correct import correct
from dataml_lab.experiments.design import FORMULAS, size_of_proportions
from dataml_lab.experiments.effects import Term, counted, difference_of_proportions
from dataml_lab.experiments.plan import Plan
from dataml_lab.experiments.simulate import POPULATIONS, looked, record, split_alarms

DAYS, PER_DAY, ROUNDS = 14, 1_000, 3
UNITS, ABOUT = {"clusters": 30, "proportion": 400}, {"proportion": 0.03}


class Table:
    """Prints shares beside what they are to be, and keeps whether one is off."""

    def __init__(self):
        self.off = False

    def row(self, name, share, wanted, count, at_most=False, at_least=False):
        """A share of so many experiments, and the one that is to be."""
        room = 3.5 * (wanted * (1 - wanted) / count) ** 0.5
        wrong = bool((share > wanted + room and not at_least) or (share < wanted - room and not at_most))
        self.off |= wrong
        limit = "at most " * at_most + "at least " * at_least
        print(f"{name:<58}{share:>8.4f}  {limit}{wanted:.4f} ± {room:.4f}{'  OFF' * wrong}", flush=True)


def once(table, count):
    """Tests and intervals that are read once."""
    for name, population in POPULATIONS.items():
        units = UNITS.get(name, 200)
        none = record(population, count, units)
        some = record(population, count, units, ABOUT.get(name, 2.0), seed=1)
        table.row(f"{name}: found without an effect", none.found, 0.05, count)
        table.row(f"{name}: interval holds the truth", some.held, 0.95, count)
        table.row(f"{name}: relative interval holds the truth", some.held_relative, 0.95, count)


def at_looks(table, count):
    """Tests that are read as days end."""
    table.row(f"peeking on {DAYS} days: found without an effect", looked(Plan(), count, DAYS, PER_DAY).found,
              peeking(DAYS), count)
    for looks, days in (("daily", DAYS), ("always", DAYS), ("always", 200)):
        plan, always = Plan(2 * days * PER_DAY, looks), looks == "always"
        size = count if days == DAYS else count // 10
        none, some = (looked(plan, size, days, PER_DAY, effect, seed) for seed, effect in enumerate((0.0, 0.01)))
        name = f"{looks}, {days} looks"
        table.row(f"{name}: found without an effect", none.found, 0.05, size, at_most=always)
        table.row(f"{name}: all intervals hold the truth", some.held, 0.95, size, at_least=always)
        name = f"{name}: found, of 1 percentage point"
        print(f"{name:<58}{some.found:>8.4f}  after {some.ended:.1f} days on average")


def other_metrics_at_looks(table, count):
    """Metrics that are no proportions, read as days end, with 60 users a day and arm."""
    size = count // 2
    for name in POPULATIONS:
        for looks in ("daily", "always"):
            if name in UNITS:  # proportions are read above, and clusters are not read daily
                continue
            plan, always = Plan(2 * DAYS * 60, looks), looks == "always"
            none, some = (looked(plan, size, DAYS, 60, effect, seed, name) for seed, effect in enumerate((0.0, 2.0)))
            table.row(f"{name}, {looks}: found without an effect", none.found, 0.05, size, at_most=always)
            table.row(f"{name}, {looks}: all intervals hold the truth", some.held, 0.95, size, at_least=always)


def powers(table, count):
    """The power of sizes, by formula, and of one that is read daily."""
    random = np.random.default_rng(3)
    for formula in FORMULAS:
        if formula == "t":
            continue
        units = size_of_proportions(0.20, 0.05, formula=formula).control
        arms = [counted(units, random.binomial(units, rate, count)) for rate in (0.20, 0.25)]
        found = (difference_of_proportions(*arms, Term(0)).p_value() < 0.05).mean()
        name = f"20 % to 25 % by {formula}, {units:,} an arm: power"
        if formula == "control":  # the formula promises too much
            print(f"{name:<58}{found:>8.4f}  of the 0.8000 that it promises")
        else:
            table.row(name, found, 0.8, count)
    looks = equal_looks(DAYS)
    per_day = round(size_of_proportions(0.1, 0.01).control * growth(spending_bounds(looks), looks) / DAYS)
    found = looked(Plan(2 * DAYS * per_day, "daily"), count, DAYS, per_day, 0.01).found
    table.row("10 % to 11 %, read daily: power", found, 0.8, count)


def others(table, count):
    """The split, and corrections."""
    table.row("sound split of 10,000: alarm", split_alarms(10 * count, 10_000), 0.001, 10 * count)
    print(f"{'split of 52 to 48, 16,000 users: alarm':<58}{split_alarms(count, 16_000, 0.52):>8.4f}")
    p = np.random.default_rng(4).random((count, 20))
    table.row("20 metrics: one below .05", (p < 0.05).any(axis=1).mean(), 1 - 0.95**20, count)
    for method in ("holm", "bonferroni"):
        table.row(f"20 metrics, {method}: one below .05", (correct(p, method) < 0.05).any(axis=1).mean(), 0.05, count,
                  at_most=True)
    table.row("20 metrics, fdr_bh: one below .05", (correct(p, "fdr_bh") < 0.05).any(axis=1).mean(), 0.05, count)


def users(count):
    """A frame of users; arms are 0 and 1."""
    random = np.random.default_rng(1)
    arm, habit = random.integers(0, 2, count, "int8"), random.gamma(2, 10, count)
    orders = random.poisson(2 + 0.01 * arm)
    return pd.DataFrame({"user_id": np.arange(count), "arm": arm, "bought": (orders > 0).astype("int8"),
                         "orders": orders, "spent": orders * habit + random.exponential(5, count),
                         "spent_before": habit})


def ours(case, count):
    """The lab's own."""
    from dataml_lab.experiments import analyse, metrics, statistics

    frame, plan = users(count), Plan(control="0")
    chosen = [metrics.mean("spent")] if case == "mean" else [
        metrics.mean("spent", before="spent_before"), metrics.proportion("bought", margin=0.01),
        metrics.ratio("spent", "orders", margin=1.0)]  # guardrails, whose intervals are of 95 % each

    def answer(refused=case == "refused"):
        report = analyse.analyse_table(frame, chosen, plan) if refused else analyse.analyse(
            statistics.statistics(frame, chosen), chosen, plan)
        return np.ravel([(one.difference, one.low, one.high) for one in report.readings])

    return answer


def by_statsmodels(case, count):
    """statsmodels', whose arrays are those of the arms."""
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    frame = users(count)
    arms = [frame.loc[frame["arm"] == arm, "spent"].to_numpy() for arm in (1, 0)]

    def answer():
        found = CompareMeans(*map(DescrStatsW, arms))
        return [found.d1.mean - found.d2.mean, *found.tconfint_diff(usevar="unequal")]

    return answer


def by_tea_tasting(case, count):
    """tea-tasting's."""
    import tea_tasting

    frame = users(count)
    chosen = {"spent": tea_tasting.Mean("spent")} if case == "mean" else {
        "spent": tea_tasting.Mean("spent", "spent_before"), "bought": tea_tasting.Mean("bought"),
        "ratio": tea_tasting.RatioOfMeans("spent", "orders")}
    experiment = tea_tasting.Experiment(chosen, variant="arm")

    def answer():
        found = experiment.analyze(frame, control=0)
        return np.ravel([(one.effect_size, one.effect_size_ci_lower, one.effect_size_ci_upper)
                         for one in found.values()])

    return answer


CONTENDERS = {"dataml_lab": ours, "statsmodels": by_statsmodels, "tea-tasting": by_tea_tasting}
CASES = {"mean": ("mean", 1e-9), "three metrics": ("three", 1e-3), "three, refused": ("refused", 1e-3)}


def contest(name, names, count):
    """Rounds in which each answers in turn; prints a row for each, and fails where the answers are apart."""
    case, room = CASES[name]
    racers = [Contender(one, __file__, "--serve", one, case, count) for one in names]
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{racer.name}.npy" for racer in racers]
        rounds = [raced(racers, files, f"{name}, round {number} of {ROUNDS}") for number in range(1, ROUNDS + 1)]
        for racer in racers:
            racer.end()
        answers = [np.load(file).reshape(-1, 3) for file in files]
    for racer, found, seconds in zip(racers, answers, zip(*rounds, strict=True), strict=True):
        wide = answers[0][:, 2:] - answers[0][:, 1:2]
        apart = (abs(found - answers[0]) / wide).max()
        assert apart <= room, f"{racer.name} answers otherwise than {names[0]}: by {apart:.1e} of the interval's width"
        ratio = median(taken / times[0] for taken, times in zip(seconds, rounds, strict=True))
        print(f"{name:<16}{racer.name:<14}{median(seconds):>8.2f}{ratio:>9.2f}{racer.memory:>10,.0f}{apart:>10.0e}",
              flush=True)


def main():
    """Print what tests promise and do, and a row per case and contender."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--experiments", type=int, default=20_000, help="simulated, a row")
    parser.add_argument("--users", type=int, default=10**7, help="rows of the frame")
    parser.add_argument("--serve", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        contender, case, count = chosen.serve
        serve(CONTENDERS[contender](case, int(count)))
        return 0
    table = Table()
    for part in (once, at_looks, other_metrics_at_looks, powers, others):
        part(table, chosen.experiments)
    tea = ["tea-tasting"] if importlib.util.find_spec("tea_tasting") else []
    if not tea:
        print('tea-tasting is not installed and has no rows; pip install "dataml-lab[bench]" brings it.')
    print(f"{chosen.users:,} users; seconds, × ours, MB more than held, apart")
    contest("mean", ["dataml_lab", "statsmodels", *tea], chosen.users)
    contest("three metrics", ["dataml_lab", *tea], chosen.users)
    contest("three, refused", ["dataml_lab"], chosen.users)
    return int(table.off)


if __name__ == "__main__":
    sys.exit(main())
