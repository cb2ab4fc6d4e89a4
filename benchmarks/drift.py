"""How often drift is found where there is none, where there is some, and how long it takes, against others:
`python benchmarks/drift.py [--draws 200] [--most 1000000] [--rows 1000000]`.

False alarms: draws of two tables of one mechanism, `dataml_lab.drift.suite.unchanged`, with six columns each: rows that
are independent, 20 rows a user, and 28 days with a weekly season, the last being compared with the day after. The
number of rows is that of the reference. Ours is told the user or the time, once with its limits and once where any
change matters, which is what its nominal rate of 5 % is of. The lesson's rule is `ks_2samp` with p < 0.05 on any column
of numbers, and "corrected" is that at 0.05 / 5.

Cases: those of `dataml_lab.drift.suite.cases`, which say what drifts. A share of draws in which the answer is right.

Time: two tables with 20 columns of normal numbers and 5 of categories. D must be equal to scipy's to 1e-12; of p see
tests/drift/test_distances.py. Of a kept profile the largest error of D is said. Each contender has a process of its
own, and its tables before the clock starts; a ratio is one round's time by ours of that round, and medians are printed.
Memory is the process's peak during an answer less what it held before.
"""

import argparse
import os
import tempfile
from pathlib import Path
from statistics import median

os.environ.update(OMP_WAIT_POLICY="PASSIVE")  # before anything that has threads is imported

import numpy as np
import pandas as pd
from contenders import Contender, raced, serve
from scipy import stats

from dataml_lab.drift import Limits, Profile, Windows, compare
from dataml_lab.drift.suite import cases, unchanged

ROUNDS, LARGE = 3, 100_000
ANY_CHANGE = Limits(*[1e-9] * len(Limits._fields))
WINDOWS = {"independent": lambda table: table, "users": lambda table: Windows.by_group(table, "user"),
           "season": lambda table: Windows.by_day(table, "at")}
SIZES = {"independent": (500, 5_000, 50_000, 10**6), "users": (2_000, 20_000, 200_000, 10**6),
         "season": (2_800, 14_000, 140_000, 10**6)}


def least_p(reference, current):
    """The least probability of scipy's KS test over the columns of numbers, the user left out."""
    names = [name for name in reference.select_dtypes("number") if name != "user"]
    return min(stats.ks_2samp(reference[name], current[name], method="asymp").pvalue for name in names), len(names)


def alarm(kind, rows, seed):
    """Whether there is an alarm where nothing drifts, by each rule."""
    reference, current = unchanged(kind, rows, seed)
    p, columns = least_p(reference, current)
    windows = WINDOWS[kind](reference)
    return [bool(compare(windows, current).drifted), bool(compare(windows, current, limits=ANY_CHANGE).drifted),
            p < 0.05, p < 0.05 / columns]


def false_alarms(draws, most):
    """A row for each kind of rows and size."""
    print(f"{'rows are':<14}{'reference':>10}{'draws':>7}{'ours':>8}{'no limits':>11}{'p < .05':>9}{'corrected':>11}")
    for kind, sizes in SIZES.items():
        for rows in (rows for rows in sizes if rows <= most):
            count = max(draws // 10, 1) if rows > LARGE else draws
            found = np.mean([alarm(kind, rows, seed) for seed in range(count)], axis=0)
            print(f"{kind:<14}{rows:>10,}{count:>7}{found[0]:>8.1%}{found[1]:>11.1%}{found[2]:>9.1%}{found[3]:>11.1%}",
                  flush=True)


def lesson(reference, current):
    """The lesson's rule, of a column of numbers: never an alarm where a value is missing, because p is NaN."""
    if not pd.api.types.is_numeric_dtype(reference["x"]):
        return False
    return bool(stats.ks_2samp(reference["x"], current["x"], method="asymp").pvalue < 0.05)


def detections(draws):
    """A row for each case, with the share of right answers."""
    right = {}
    for seed in range(draws):
        for case in cases(seed):
            answers = [bool(compare(case.reference, case.current).drifted),
                       bool(compare(Profile.of(case.reference), case.current).drifted),
                       lesson(case.reference, case.current)]
            right.setdefault((case.name, bool(case.drifting)), []).append(
                [answer == bool(case.drifting) for answer in answers])
    print(f"\n{'case':<24}{'drifts':>8}{'ours':>8}{'profile':>9}{'p < .05':>9}   right in {draws} draws")
    for (name, drifts), answers in right.items():
        ours, kept, naive = np.mean(answers, axis=0)
        print(f"{name:<24}{'yes' if drifts else 'no':>8}{ours:>8.1%}{kept:>9.1%}{naive:>9.1%}")


def tables(rows):
    """Two tables with 20 columns of numbers and 5 of categories; every other one is moved a little."""
    random = np.random.default_rng(1)
    names = np.array([f"kind {place:02d}" for place in range(20)])

    def one(shift):
        numbers = {f"x{place}": random.normal(shift * (place % 2), 1, rows) for place in range(20)}
        return pd.DataFrame({**numbers, **{f"c{place}": random.choice(names, rows) for place in range(5)}})

    return one(0), one(0.01)


def moved(reference, current):
    """D of the columns of numbers."""
    return compare(reference, current).measures.loc[[f"x{place}" for place in range(20)], "moved"].to_numpy()


def ours(rows):
    """Two tables."""
    reference, current = tables(rows)
    return lambda: moved(reference, current)


def ours_kept(rows):
    """A kept profile and a table."""
    reference, current = tables(rows)
    profile = Profile.from_json(Profile.of(reference).to_json())
    return lambda: moved(profile, current)


def by_scipy(rows):
    """A KS test for each column of numbers, a chi-squared test for each of categories."""
    reference, current = tables(rows)

    def answer():
        found = [stats.ks_2samp(reference[f"x{place}"], current[f"x{place}"], method="asymp").statistic
                 for place in range(20)]
        for place in range(5):
            counts = [one[f"c{place}"].value_counts().sort_index() for one in (reference, current)]
            stats.chi2_contingency(np.array(counts), correction=False)
        return found

    return answer


CONTENDERS = {"dataml_lab": ours, "scipy": by_scipy, "kept profile": ours_kept}


def race(rows):
    """Rounds in which each answers in turn; a row for each."""
    racers = [Contender(name, __file__, "--serve", name, "--rows", rows) for name in CONTENDERS]
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{racer.name}.npy" for racer in racers]
        rounds = [raced(racers, files, f"round {number} of {ROUNDS}") for number in range(1, ROUNDS + 1)]
        for racer in racers:
            racer.end()
        answers = [np.load(file) for file in files]
    print(f"\n{rows:,} rows by {rows:,}, 25 columns, {os.cpu_count()} cores")
    print(f"{'':<14}{'seconds':>9}{'scipy ×':>9}{'MB more':>9}{'D apart':>10}")
    for racer, found, seconds in zip(racers, answers, zip(*rounds, strict=True), strict=True):
        faster = median(times[1] / taken for taken, times in zip(seconds, rounds, strict=True))
        apart = abs(found - answers[1]).max()
        assert apart <= (2e-3 if racer.name == "kept profile" else 1e-12), f"D of {racer.name} is off by {apart}"
        print(f"{racer.name:<14}{median(seconds):>9.2f}{faster:>9.1f}{racer.memory:>9,.0f}{apart:>10.0e}", flush=True)


def main():
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=200, help="of each row of a table; of the largest a tenth")
    parser.add_argument("--most", type=int, default=10**6, help="rows of the largest reference without drift")
    parser.add_argument("--rows", type=int, default=10**6, help="rows of each table that is timed")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        serve(CONTENDERS[chosen.serve](chosen.rows))
        return
    race(chosen.rows)
    detections(min(chosen.draws, 30))
    false_alarms(chosen.draws, chosen.most)


if __name__ == "__main__":
    main()
