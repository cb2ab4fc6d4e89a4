"""How often drift is found where there is none, where there is some, and how long it takes, against others:
`python benchmarks/drift.py [--draws 200] [--most 1000000] [--rows 1000000] [--only evidently] [--envs FOLDER]`.

False alarms: draws of two tables of one mechanism, `dataml_lab.drift.suite.unchanged`, with six columns each: rows that
are independent, 20 rows a user, and 28 days with a weekly season, the last being compared with the day after. The
number of rows is that of the reference. An alarm is one in any column. Ours is told the user or the time, once with its
limits and once where any change matters, which is what its nominal rate of 5 % is of. The lesson's rule is `ks_2samp`
with p < 0.05 on any column of numbers, and "corrected" is that at 0.05 / 5.

Cases: those of `dataml_lab.drift.suite.cases`, which say what drifts. A share of draws in which the answer is right.

The report libraries have the same draws, as many as they manage in some seconds, and their defaults, in environments of
their own, made once in a folder for caches; who can't be installed, or fails, has no column. nannyml is told the time;
the others can't be told of it, and none can of users.

Time: two tables with 20 columns of normal numbers and 5 of categories. D must be equal to scipy's to 1e-12; of p see
tests/drift/test_distances.py. Of a kept profile the largest error of D is said. Each contender has a process of its
own, and its tables before the clock starts; a ratio is scipy's time of a round by one's own, and medians are printed;
libraries have one round. Memory is the process's peak during an answer less what it held before. Profiles of a file of
Parquet: made of the frame, and by DuckDB.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

os.environ.update(OMP_WAIT_POLICY="PASSIVE")  # before anything that has threads is imported

import numpy as np
import pandas as pd
from contenders import Contender, raced, serve
from drift_peers import PACKAGES, detections, false_alarms, tables
from environments import FOLDER, environment
from scipy import stats

from dataml_lab.drift import Limits, Profile, Windows, compare
from dataml_lab.drift.engines import profile_by_duckdb

ROUNDS, PEERS = 3, Path(__file__).with_name("drift_peers.py")
ANY_CHANGE = Limits(*[1e-9] * len(Limits._fields))
WINDOWS = {"independent": lambda table: table, "users": lambda table: Windows.by_group(table, "user"),
           "season": lambda table: Windows.by_day(table, "at")}


def least_p(reference, current):
    """The least probability of scipy's KS test over the columns of numbers, the user left out."""
    names = [name for name in reference.select_dtypes("number") if name != "user"]
    return min(stats.ks_2samp(reference[name], current[name], method="asymp").pvalue for name in names), len(names)


def rules(kind, reference, current):
    """Whether there is an alarm, by ours, by ours where any change matters, by p < .05, and by that corrected."""
    p, columns = least_p(reference, current)
    windows = WINDOWS[kind](reference)
    return [bool(compare(windows, current).drifted), bool(compare(windows, current, limits=ANY_CHANGE).drifted),
            p < 0.05, p < 0.05 / columns]


def lesson(reference, current):
    """The lesson's rule, of a column of numbers: never an alarm where a value is missing, because p is NaN."""
    if not pd.api.types.is_numeric_dtype(reference["x"]):
        return False
    return bool(stats.ks_2samp(reference["x"], current["x"], method="asymp").pvalue < 0.05)


def of_case(kind, reference, current):
    """Whether there is an alarm, by ours of two tables, by ours of a profile and a table, and by the lesson's rule."""
    return [bool(compare(reference, current).drifted), bool(compare(Profile.of(reference), current).drifted),
            lesson(reference, current)]


def asked(name, python, chosen):
    """What a library finds, in a process of its own; None, and a line, where that ends without an answer."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "found.json"
        words = [python, "-W", "ignore", PEERS, name, "--draws", chosen.draws, "--most", chosen.most,
                 "--seconds", chosen.seconds, "--out", out]
        run = subprocess.run([*map(str, words)], stdout=subprocess.PIPE, stderr=None if sys.stderr.isatty() else
                             subprocess.PIPE, text=True)
        if not out.exists():
            print(f"{name} ended with {run.returncode} and has no column: {(run.stderr or '').strip()[-200:]}")
            return None
        return json.loads(out.read_text("utf-8"))


def show(head, names, ours, peers):
    """A table with a row for each kind of rows, or case, and a column for each rule: shares of the draws, with their
    number where it isn't ours."""
    print("\n" + f"{head:<36}{'draws':>6}" + "".join(f"{name:>14}" for name in [*names, *peers]))
    others = {name: {tuple(row[:-2]): row[-2:] for row in rows} for name, rows in peers.items()}
    for *what, draws, counts in ours:
        cells = [f"{count / draws:.1%}" for count in counts]
        for rows in others.values():
            times, (count,) = rows[tuple(what)]
            cells.append(f"{count / times:.1%}" + (f" of {times}" if times != draws else ""))
        told = what[0] if len(what) == 1 else f"{what[0]}, {'drifts' if what[1] else 'is the same'}"
        print(f"{told:<36}{draws:>6}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


def compared(chosen, pythons):
    """Print the false alarms and the cases, of ours and of each library."""
    found = {name: answer for name, python in pythons.items() if (answer := asked(name, python, chosen))}
    cases = detections(of_case, min(chosen.draws, 30), float("inf"))
    show("right answers", ["ours", "ours, profile", "p < .05"], cases,
         {name: one["cases"] for name, one in found.items()})
    rows = false_alarms(rules, chosen.draws, chosen.most, float("inf"))
    show("false alarms", ["ours", "no limits", "p < .05", "corrected"], rows,
         {name: one["rows"] for name, one in found.items()})
    for name, one in found.items():
        for reason, times in one["failed"].items():
            print(f"{name} failed {times} times: {reason}")


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


def race(rows, pythons):
    """Rounds in which each answers in turn, and a round of scipy and each library; print a row for each."""
    racers = [Contender(name, __file__, "--serve", name, "--rows", rows) for name in CONTENDERS]
    print(f"\n{rows:,} rows by {rows:,}, 25 columns, {os.cpu_count()} cores")
    print(f"{'':<14}{'seconds':>9}{'scipy ×':>9}{'MB more':>9}{'D apart':>10}")
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{racer.name}.npy" for racer in racers]
        rounds = [raced(racers, files, f"round {number} of {ROUNDS}") for number in range(1, ROUNDS + 1)]
        answers = [np.load(file) for file in files]
        for racer, found, seconds in zip(racers, answers, zip(*rounds, strict=True), strict=True):
            faster = median(times[1] / taken for taken, times in zip(seconds, rounds, strict=True))
            apart = abs(found - answers[1]).max()
            assert apart <= (2e-3 if racer.name == "kept profile" else 1e-12), f"D of {racer.name} is off by {apart}"
            row(racer, median(seconds), faster, f"{apart:.0e}")
        for name, python in pythons.items():
            peer = Contender(name, PEERS, name, "--rows", rows, python=python)
            of_scipy, taken = raced([racers[1], peer], [files[1], Path(folder) / "peer.npy"], f"scipy and {name}")
            row(peer, taken, of_scipy / taken, "")
            peer.end()
        for racer in racers:
            racer.end()


def row(racer, seconds, faster, apart):
    """Print what a contender took, and how much faster than scipy it was."""
    print(f"{racer.name:<14}{seconds:>9.2f}{faster:>9.2f}{racer.memory:>9,.0f}{apart:>10}", flush=True)


# ---------------------------------------------------------------------------------------- profiles of a file of Parquet

PROFILES = {"frame": lambda path: Profile.of(pd.read_parquet(path)), "DuckDB": profile_by_duckdb,
            "DuckDB, 0.3 GB": lambda path: profile_by_duckdb(path, memory="300MB")}


def profiles(rows):
    """Print what the profile of a file takes, made in each way, the error that it states, and whether it is that of the
    frame."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        tables(rows)[0].to_parquet(path)
        print(f"\nprofile of {rows:,} rows, 25 columns, {path.stat().st_size / 1e6:,.0f} MB of Parquet")
        print(f"{'':<14}{'seconds':>9}{'MB more':>9}{'error':>10}{'as frame':>12}")
        kept = {}
        for name in PROFILES:
            racer, kept[name] = Contender(name, __file__, "--profile", name, path), Path(folder) / f"{name}.npy"
            seconds = racer.answer(kept[name])
            racer.end()
            error, same = np.load(kept[name])[0], np.array_equal(np.load(kept[name]), np.load(kept["frame"]))
            print(f"{name:<14}{seconds:>9.2f}{racer.memory:>9,.0f}{error:>10.1e}{'yes' if same else 'no':>12}",
                  flush=True)


def told(profile):
    """The largest error of a profile, and the values and counts of its columns of numbers."""
    numbers = [profile.columns[f"x{place}"] for place in range(20)]
    return np.concatenate([[max(one.error for one in numbers)], *(part for one in numbers for part in one[:3])])


def main():
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=200, help="of each row of a table; of the largest a tenth")
    parser.add_argument("--most", type=int, default=10**6, help="rows of the largest reference without drift")
    parser.add_argument("--rows", type=int, default=10**6, help="rows of each table that is timed")
    parser.add_argument("--seconds", type=float, default=10, help="that a library draws for, in each row of a table")
    parser.add_argument("--only", nargs="*", help="of the libraries those; none without a name")
    parser.add_argument("--skip", nargs="*", default=[], choices=["race", "profiles", "alarms"])
    parser.add_argument("--envs", type=Path, default=FOLDER)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--profile", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        serve(CONTENDERS[chosen.serve](chosen.rows))
    elif chosen.profile:
        serve(lambda: told(PROFILES[chosen.profile[0]](Path(chosen.profile[1]))))
    else:
        names = PACKAGES if chosen.only is None else chosen.only
        made = {name: environment(name, PACKAGES[name], chosen.envs) for name in names}
        pythons = {name: python for name, python in made.items() if python}
        parts = {"race": lambda: race(chosen.rows, pythons), "profiles": lambda: profiles(chosen.rows),
                 "alarms": lambda: compared(chosen, pythons)}
        for name, part in parts.items():
            if name not in chosen.skip:
                part()


if __name__ == "__main__":
    main()
