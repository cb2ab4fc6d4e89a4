"""Batch scoring of many rows, undisturbed, and killed at random and resumed.

`python benchmarks/batch.py [--rows 10000000] [--files 20] [--kills 10] [--model logistic | lightgbm]`

The model is the lesson's (`dataml_lab.serving.fraud`: a logistic regression on standardised columns), or a LightGBM
classifier of the same payments, in one thread. Each run is a process of its own; its seconds don't have the start of
the process, and its peak memory, looked at every hundredth of a second, has the libraries in it.

"killed" are runs that are killed while they score, each after a random number of seconds: on average, all of them
together take as many as the work does. Each goes on where the last one was; "resumed" is the one after them, which goes
on to the end, and "again" one that finds nothing to do. "files" are those that runs wrote, "equal" says whether all
files of scores are then the same, byte by byte, as those of the undisturbed run.
"""

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil

from dataml_lab.evaluation.payments import FEATURES, payments
from dataml_lab.serving import load, score_folder

LOOK = 0.01  # seconds between looks at a process's memory


def prepare(folder, rows, files, kind):
    """Saves the model and the payments of a folder."""
    from serving import saved  # the benchmark beside this one; the processes of runs can do without it

    saved(folder / "model", kind)
    known = payments(20_000, seed=2)
    (folder / "payments").mkdir()
    for number, ids in enumerate(np.array_split(np.arange(rows), files)):
        table = known[FEATURES].iloc[ids % len(known)].assign(payment_id=ids)
        table.to_parquet(folder / "payments" / f"{number:03}.parquet", index=False)


def score(folder, target):
    """What the process of a run does; prints its seconds and what it found."""
    model = load(Path(folder, "model"))
    print("it begins", flush=True)
    begun = time.perf_counter()
    done = score_folder(model, Path(folder, "payments"), target, ["payment_id"])
    print(time.perf_counter() - begun, done.rows, done.refused)


class Run(NamedTuple):
    """The process of a run: seconds, or None if it was killed, rows, those without a score, and the peak MB."""

    seconds: float | None
    rows: int
    refused: int
    peak: float


def process(folder, target, limit=None):
    """Runs a process, which is killed after so many seconds of scoring if it isn't over."""
    command = [sys.executable, __file__, "--score", str(folder), str(target)]
    environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as run:
        run.stdout.readline()
        begun, peak, seen = time.perf_counter(), 0, psutil.Process(run.pid)
        while run.poll() is None:
            if limit is not None and time.perf_counter() - begun > limit:
                run.kill()
            peak = max(peak, resident(seen))
            time.sleep(LOOK)
        seconds, rows, refused = run.stdout.read().split() or (None, 0, 0)
    return Run(seconds and float(seconds), int(rows), int(refused), peak)


def resident(process):
    """The MB of memory that a process has; 0 if it has ended."""
    try:
        return process.memory_info().rss / 1e6
    except psutil.Error:
        return 0


def held(folder):
    """The checksum of each file of scores, and when it was written."""
    return {path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
            for path in folder.glob("*.parquet")}


def tell(name, runs, before, after, expected):
    """Prints a row of the table; files are those that are new since before."""
    written = len(after.items() - before.items())
    seconds = "" if name == "killed" else f"{runs[-1].seconds:.1f}"
    rate = f"{runs[-1].rows / runs[-1].seconds:,.0f}" if name == "undisturbed" else ""
    same = {file: checksum for file, (checksum, _) in after.items()} == expected
    equal = "" if name == "killed" else "yes" if same else "NO"
    count = sum(run.seconds is None for run in runs) if name == "killed" else len(runs)
    print(f"{name:<12}{count:>5}{seconds:>9}{rate:>12}{max(run.peak for run in runs):>9,.0f}{written:>7}"
          f"{runs[-1].refused:>9,}  {equal}", flush=True)


def compare(folder, kills):
    """Prints a row for the undisturbed run, for those that are killed, and for the two after them."""
    print("run          runs  seconds      rows/s  peak MB  files  refused  equal")
    target = folder / "undisturbed"
    runs = [process(folder, target)]
    longest, found = 2 * runs[0].seconds / max(kills, 1), held(target)
    expected = {file: checksum for file, (checksum, _) in found.items()}
    tell("undisturbed", runs, {}, found, expected)
    target, draw, before = folder / "killed", random.Random(1), {}
    for name, limits in (("killed", [draw.uniform(0, longest) for _ in range(kills)]), ("resumed", [None]),
                         ("again", [None])):
        runs = [process(folder, target, limit) for limit in limits]
        found = held(target)
        tell(name, runs, before, found, expected)
        before = found


def main():
    """Print a row per run, or per kind of run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--model", choices=["logistic", "lightgbm"], default="logistic")
    parser.add_argument("--score", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.score:
        return score(*chosen.score)
    with tempfile.TemporaryDirectory() as place:
        prepare(folder := Path(place), chosen.rows, chosen.files, chosen.model)
        compare(folder, chosen.kills)
    return None


if __name__ == "__main__":
    main()
