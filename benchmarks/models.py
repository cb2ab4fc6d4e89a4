"""What the lab's `compare` costs beside the same loop written with cross_validate, and how long boosting takes for one
row: `python benchmarks/models.py [--rounds 5]`.

Overhead: all families in four worlds, each fitted, scored on the test, asked for single rows and pickled, by `compare`
and by a loop of `cross_validate` with one split. Both answer in turn with the same scores; a round's ratio is one time
by the other, and the median of the rounds is printed.

One row: LightGBM, XGBoost and scikit-learn's HistGradientBoosting with 100 trees of 8 leaves, fitted to the same table,
with one thread each. The time is the median of single predictions, from a frame and from an array.
"""

import argparse
import importlib.util
import os
import pickle
import sys
import time
import warnings
from statistics import median

os.environ.update(OMP_NUM_THREADS="1", OMP_WAIT_POLICY="PASSIVE")  # before anything that has threads is imported

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_validate

from dataml_lab.models import WORLDS, compare, families
from dataml_lab.models.compare import ONE_ROW_CALLS
from dataml_lab.models.worlds import mixed, predicted

NAMES = ("few_rows", "interactions", "steps", "smooth")
ONE_ROW = 300  # predictions of a single row
SCORING = {"AUC": "roc_auc", "R²": "r2"}


def ours():
    """The scores by `compare`, in the order of worlds and models."""
    return compare(families(), [WORLDS[name] for name in NAMES], seeds=[0])["score"].tolist()


def theirs():
    """The same by `cross_validate`, with the same measurements of latency and size beside it."""
    found = []
    for name in NAMES:
        world = WORLDS[name](0)
        rows = pd.concat([world.X_train, world.X_test], ignore_index=True)
        truth = pd.concat([world.y_train, world.y_test], ignore_index=True)
        split = [np.split(np.arange(len(rows)), [len(world.X_train)])]
        for family in families().values():
            model = family.classifier if world.metric == "AUC" else family.regressor
            result = cross_validate(model, rows, truth, cv=split, scoring=SCORING[world.metric], return_estimator=True)
            fitted = result["estimator"][0]
            for row in range(ONE_ROW_CALLS):
                predicted(fitted, world.X_test.iloc[[row]], world.metric)
            len(pickle.dumps(fitted))
            found.append(float(result["test_score"][0]))
    return found


def seconds(action):
    """The seconds that an action takes, and what it returns."""
    began = time.perf_counter()
    result = action()
    return time.perf_counter() - began, result


def overhead(rounds):
    """Print the median time of each, and the median of the rounds' ratios; fails unless the scores are the same."""
    ours(), theirs()  # imports
    times = []
    for number in range(rounds):
        pair = (ours, theirs) if number % 2 else (theirs, ours)
        found = dict(zip(pair, map(seconds, pair), strict=True))
        assert np.allclose(found[ours][1], found[theirs][1]), "compare and cross_validate score otherwise"
        times.append((found[ours][0], found[theirs][0]))
        if sys.stderr.isatty():
            print(f"round {number + 1} of {rounds}: {times[-1][0]:.2f} s, {times[-1][1]:.2f} s", file=sys.stderr)
    one, other = map(median, zip(*times, strict=True))
    ratio = median(mine / its for mine, its in times)
    print(f"compare {one:.2f} s, the loop with cross_validate {other:.2f} s: {ratio - 1:+.1%}")


def contenders():
    """The libraries' classifiers, with the same number of trees and leaves, and one thread."""
    from lightgbm import LGBMClassifier

    found = {
        "LightGBM": LGBMClassifier(n_estimators=100, num_leaves=8, num_threads=1, verbose=-1),
        "HistGradientBoosting": HistGradientBoostingClassifier(max_iter=100, max_leaf_nodes=8, early_stopping=False),
    }
    if importlib.util.find_spec("xgboost"):
        from xgboost import XGBClassifier

        found["XGBoost"] = XGBClassifier(n_estimators=100, max_leaves=8, grow_policy="lossguide", max_depth=0,
                                         tree_method="hist", n_jobs=1)
    else:
        print("XGBoost is not installed and has no row.")
    return found


def one_row():
    """Print for each library the median time of a prediction for one row, and the AUC."""
    world = mixed(0)
    print(f"{'one row, one thread':<24}{'frame, ms':>10}{'array, ms':>11}{'AUC':>7}")
    for name, model in contenders().items():
        model.fit(world.X_train, world.y_train)
        auc = world.score(model)
        frame = latency(model, [world.X_test.iloc[[row]] for row in range(ONE_ROW)])
        values = world.X_test.to_numpy(float)
        model.fit(world.X_train.to_numpy(float), world.y_train)
        array = latency(model, [values[[row]] for row in range(ONE_ROW)])
        print(f"{name:<24}{frame:>10.2f}{array:>11.2f}{auc:>7.3f}")


def latency(model, rows):
    """The median of the milliseconds that a model takes to predict each of these."""
    return 1_000 * median(seconds(lambda row=row: model.predict_proba(row))[0] for row in rows)


def main():
    """Print the overhead, and the latencies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the net is stopped early, on purpose
        warnings.filterwarnings("ignore", "X does not have valid feature names")
        overhead(chosen.rounds)
        one_row()


if __name__ == "__main__":
    main()
