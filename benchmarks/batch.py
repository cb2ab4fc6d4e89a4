"""Batch scoring of many rows, undisturbed, and killed at random and resumed.

`python benchmarks/batch.py [--rows 10000000] [--files 20] [--kills 10]`

The model is a LightGBM classifier of payments (`dataml_lab.evaluation.payments`), in one thread. Each run is a process
of its own; its peak memory has the libraries in it, and its seconds don't have the start of the process. A run that is
killed is so at a random moment of the seconds that all of it would take; the last one goes on to the end. Files of
scores are compared byte by byte with those of the undisturbed run. "again" is a run that finds nothing to do.
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

import numpy as np
import psutil

from dataml_lab.evaluation.payments import FEATURES, payments
from dataml_lab.serving import Schema, load, save
from dataml_lab.serving.batch import score_folder

LOOK = 0.01  # seconds between looks at a process's memory


def prepare(folder, rows, files):
    """Saves the model and the payments of a folder."""
    from lightgbm import LGBMClassifier

    known = payments(20_000)
    model = LGBMClassifier(n_jobs=1, verbose=-1).fit(known[FEATURES], known["is_fraud"])
    save(folder / "model", model, Schema.of(known[FEATURES]), "fraud")
    (folder / "payments").mkdir()
    for number, ids in enumerate(np.array_split(np.arange(rows), files)):
        table = known[FEATURES].iloc[ids % len(known)].assign(payment_id=ids)
        table.to_parquet(folder / "payments" / f"{number:03}.parquet", index=False)


def score(folder, target):
    """What the process of a run does; prints its seconds and what it found."""
    model, begun = load(Path(folder, "model")), time.perf_counter()
    done = score_folder(model, Path(folder, "payments"), target, ["payment_id"])
    print(time.perf_counter() - begun, done, sep=";")


def process(folder, target, limit=None):
    """Runs a process, killed after so many seconds if it is not over; its seconds or None, its words, its peak MB."""
    command = [sys.executable, __file__, "--score", str(folder), str(target)]
    environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as run:
        begun, peak, seen = time.perf_counter(), 0, psutil.Process(run.pid)
        while run.poll() is None:
            if limit is not None and time.perf_counter() - begun > limit:
                run.kill()
            peak = max(peak, resident(seen))
            time.sleep(LOOK)
        seconds, _, words = run.stdout.read().partition(";")
    return (float(seconds) if seconds else None), words.strip(), peak


def resident(process):
    """The MB of memory that a process has; 0 if it has ended."""
    try:
        return process.memory_info().rss / 1e6
    except psutil.Error:
        return 0


def held(folder):
    """The checksum of each file of scores."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.parquet")}


def main():
    """Print a row per run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--score", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.score:
        return score(*chosen.score)
    with tempfile.TemporaryDirectory() as place:
        prepare(folder := Path(place), chosen.rows, chosen.files)
        begun = time.perf_counter()
        seconds, words, peak = process(folder, folder / "undisturbed")
        whole = time.perf_counter() - begun
        print(f"undisturbed  {seconds:6.1f} s  {chosen.rows / seconds:11,.0f} rows/s  {peak:5,.0f} MB  {words}")
        expected, draw, killed = held(folder / "undisturbed"), random.Random(1), 0
        for _ in range(chosen.kills):
            over, *_ = process(folder, folder / "killed", limit=draw.uniform(0, whole))
            killed += over is None
        seconds, words, peak = process(folder, folder / "killed")
        equal = "equal" if held(folder / "killed") == expected else "NOT EQUAL"
        print(f"{killed:2} kills     {seconds:6.1f} s  {'':18}  {peak:5,.0f} MB  {words}: {equal} to the first")
        seconds, words, _ = process(folder, folder / "killed")
        print(f"again        {seconds:6.1f} s  {'':28}  {words}")
    return None


if __name__ == "__main__":
    main()
