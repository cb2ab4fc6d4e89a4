"""LightGBM, XGBoost and scikit-learn, which may each bring an OpenMP of its own, fit in one process, forked and not."""

import os
import subprocess
import sys
from itertools import permutations

import pytest

PATIENCE = 240  # seconds that a busy machine may take for some tiny fits
MODELS = ("lightgbm", "xgboost", "sklearn")
# Fits with one thread in a process, in a child that is forked from it, and then with two threads in the process. After
# two threads a child would wait for those of its parent, which it doesn't have: hence `n_jobs=1` where there are forks.
PROGRAM = """
import os, sys
import numpy as np

def lightgbm(threads):
    from lightgbm import LGBMClassifier
    return LGBMClassifier(n_estimators=5, num_threads=threads, verbose=-1)

def xgboost(threads):
    from xgboost import XGBClassifier
    return XGBClassifier(n_estimators=5, n_jobs=threads)

def sklearn(threads):
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits
    threadpool_limits(threads)
    return HistGradientBoostingClassifier(max_iter=5)

def fit(threads):
    random = np.random.default_rng(0)
    X = random.normal(size=(400, 3))
    y = X[:, 0] + X[:, 1] * X[:, 2] > 0
    print(*(globals()[name](threads).fit(X, y).score(X, y) for name in sys.argv[1:]), flush=True)

fit(1)
if hasattr(os, "fork"):
    if not os.fork():
        fit(1)
        os._exit(0)
    os.wait()
fit(2)
fit(2)
"""


@pytest.mark.parametrize("names", [MODELS, *(pytest.param(names, marks=pytest.mark.full)
                                             for names in permutations(MODELS) if names != MODELS)], ids=" ".join)
def test_all_fit_in_one_process_forked_and_not_whichever_is_imported_first(names):
    run = subprocess.run([sys.executable, "-c", PROGRAM, *names], capture_output=True, text=True, timeout=PATIENCE)
    assert run.returncode == 0, run.stderr[-2_000:]
    scores = [[float(score) for score in line.split()] for line in run.stdout.splitlines()]
    assert len(scores) == 3 + hasattr(os, "fork") and min(map(min, scores)) > 0.7
    assert scores[1] == scores[0] or not hasattr(os, "fork")
