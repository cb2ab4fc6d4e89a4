"""The report libraries that `drift.py` compares with, each asked as its documentation says and left its defaults.

A library runs in an environment of its own, by `python drift_peers.py NAME ...`, which `drift.py` starts. There is no
dataml_lab in it: the file of its suite is imported alone.
"""

import argparse
import importlib.util
import json
import logging
import os
import sys
import time
import warnings
from collections import Counter
from functools import cache
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OMP_WAIT_POLICY="PASSIVE", NML_DISABLE_USAGE_LOGGING="1",
                  DISABLE_DEEPCHECKS_ANONYMOUS_TELEMETRY="1", WHYLOGS_NO_ANALYTICS="1", DO_NOT_TRACK="1")

import numpy as np
import pandas as pd
from contenders import serve

PACKAGES = {
    "evidently": ["evidently==0.7.23", "pandas<3"],
    "nannyml": ["nannyml==0.13.1", "statsmodels", "pandas<3"],
    "alibi-detect": ["alibi-detect==0.13.0"],
    "whylogs": ["whylogs[viz]==1.6.4", "numpy<2", "pandas<2.3"],
    "deepchecks": ["deepchecks==0.19.1", "numpy<2", "pandas<2.3", "scikit-learn<1.6", "setuptools<80"]}
SIZES = {"independent": (500, 5_000, 50_000, 10**6), "users": (2_000, 20_000, 200_000, 10**6),
         "season": (2_800, 14_000, 140_000, 10**6)}
LARGE = 100_000  # rows from which a tenth of the draws are made


# ----------------------------------------------------- whether each finds drift in any column but the user and the time

def by_evidently(reference, current):
    """The tests of its preset."""
    from evidently import Report
    from evidently.presets import DataDriftPreset

    found = Report([DataDriftPreset()], include_tests=True).run(bare(current), bare(reference)).dict()
    return any(test["status"] == "FAIL" for test in found["tests"])


def by_nannyml(reference, current):
    """Its alerts of univariate drift in any chunk: a day where there are times, else a tenth of the rows."""
    import nannyml

    chunks = {"timestamp_column_name": "at", "chunk_period": "D"} if "at" in reference else {}
    names = list(bare(reference))
    drift = nannyml.UnivariateDriftCalculator(column_names=names, **chunks)
    found = drift.fit(reference).calculate(current).filter(period="analysis").to_df()
    return bool(found.loc[:, [name for name in found.columns if name[-1] == "alert"]].to_numpy(bool).any())


def by_alibi(reference, current):
    """Its detector of drift in tables, which corrects for many columns."""
    from alibi_detect.cd import TabularDrift

    tables = [bare(table).copy() for table in (reference, current)]
    words = [place for place, name in enumerate(tables[0]) if not pd.api.types.is_numeric_dtype(tables[0][name])]
    for place in words:
        codes, _ = pd.factorize(pd.concat([table.iloc[:, place] for table in tables]))
        for table, part in zip(tables, np.split(codes, [len(tables[0])]), strict=True):
            table[table.columns[place]] = part
    values = [table.to_numpy("float32") for table in tables]
    detector = TabularDrift(values[0], categories_per_feature=dict.fromkeys(words) or None)
    return bool(detector.predict(values[1])["data"]["is_drift"])


def by_whylogs(reference, current):
    """Its drift scores of two profiles that are graded "DRIFT"."""
    import whylogs
    from whylogs.viz.drift.column_drift_algorithms import calculate_drift_scores

    then, now = (whylogs.log(bare(table)).profile().view() for table in (reference, current))
    scores = calculate_drift_scores(now, then, with_thresholds=True)
    return any(score is not None and score["drift_category"] == "DRIFT" for score in scores.values())


def by_deepchecks(reference, current):
    """Whether the condition of its check of drifting features fails."""
    from deepchecks.tabular import Dataset, checks

    tables = [bare(table) for table in (reference, current)]
    words = [name for name in tables[0] if not pd.api.types.is_numeric_dtype(tables[0][name])]
    check = checks.FeatureDrift().add_condition_drift_score_less_than()
    found = check.run(*(Dataset(table, cat_features=words) for table in tables), with_display=False)
    return not found.passed_conditions()


ALARMS = {"evidently": by_evidently, "nannyml": by_nannyml, "alibi-detect": by_alibi, "whylogs": by_whylogs,
          "deepchecks": by_deepchecks}


def bare(table):
    """The columns that are compared."""
    return table.drop(columns=["user", "at"], errors="ignore")


# ------------------------------------------------------------------------------------- what is counted, of ours as well

@cache
def suite():
    """The module `dataml_lab.drift.suite`, without the package."""
    path = Path(__file__).parents[1] / "dataml_lab" / "drift" / "suite.py"
    made = importlib.util.spec_from_file_location("suite", path)
    module = importlib.util.module_from_spec(made)
    made.loader.exec_module(module)
    return module


def false_alarms(alarms, draws, most, seconds):
    """For each kind of rows and size: its name, how many pairs of tables without drift were drawn, and the alarms among
    them of each rule. `alarms(kind, reference, current)` says of each rule whether it raises one. A tenth is drawn of
    large tables, and no more than so many seconds take, the first apart."""
    unchanged, found = suite().unchanged, []
    for kind, sizes in SIZES.items():
        for rows in (rows for rows in sizes if rows <= most):
            answers, begun = [], time.monotonic()
            for seed in range(max(draws // 10, 1) if rows > LARGE else draws):
                answers.append(alarms(kind, *unchanged(kind, rows, seed)))
                if time.monotonic() - begun > seconds:
                    break
            found.append([f"{kind} {rows:,}", len(answers), np.sum(answers, axis=0).tolist()])
            progress(found[-1][0])
    return found


def detections(alarms, draws, seconds):
    """For each case of the suite: its name and whether it drifts, how often it was drawn, and the right answers of each
    rule; no more draws than so many seconds take for each case."""
    right, begun = {}, time.monotonic()
    for seed in range(draws):
        for case in suite().cases(seed):
            answers = alarms("independent", case.reference, case.current)
            right.setdefault((case.name, bool(case.drifting)), []).append(
                [bool(answer) == bool(case.drifting) for answer in answers])
        progress(f"cases, draw {seed + 1}")
        if time.monotonic() - begun > seconds * len(right):
            break
    return [[*case, len(answers), np.sum(answers, axis=0).tolist()] for case, answers in right.items()]


def progress(told):
    """A line of what is done, where somebody watches."""
    if sys.stderr.isatty():
        print(f"\r{told:<40}", end="", file=sys.stderr, flush=True)


def tables(rows):
    """Two tables with 20 columns of numbers and 5 of categories; every other one is moved a little."""
    random = np.random.default_rng(1)
    names = np.array([f"kind {place:02d}" for place in range(20)])

    def one(shift):
        numbers = {f"x{place}": random.normal(shift * (place % 2), 1, rows) for place in range(20)}
        return pd.DataFrame({**numbers, **{f"c{place}": random.choice(names, rows) for place in range(5)}})

    return one(0), one(0.01)


def counting(alarm):
    """The alarm as a rule of `false_alarms` and `detections`, none where it fails, and how often it fails by which
    reason."""
    failed = Counter()

    def alarms(kind, reference, current):
        try:
            return [bool(alarm(reference, current))]
        except Exception as cause:  # a tool that fails on a table has found nothing in it
            failed[f"{type(cause).__name__}: {cause}"[:160]] += 1
            return [False]

    return alarms, failed


def main():
    """Count what one library finds, or serve its answers to a race."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=PACKAGES)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--most", type=int, default=10**6)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--rows", type=int)
    chosen = parser.parse_args()
    alarm = ALARMS[chosen.name]
    if chosen.rows:
        alarm(*tables(1_000))  # so that all is imported
        reference, current = tables(chosen.rows)
        serve(lambda: [alarm(reference, current)])
        return
    alarms, failed = counting(alarm)
    found = {"cases": detections(alarms, min(chosen.draws, 30), chosen.seconds),
             "rows": false_alarms(alarms, chosen.draws, chosen.most, chosen.seconds), "failed": failed}
    chosen.out.write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main()
