"""How many leaks are found, and how many innocents suspected, by ours and by others: `python benchmarks/leakage.py
[--half held_out] [--rows 1000000] [--ours] [--envs FOLDER]`.

The tables are those of `dataml_lab.leakage.suite`: each says what is planted in it. A finding counts if it names the
column, whatever kind it is said to be; of rows the kind must be right. There are two tables: what each is sure of, and
that with what it only suggests. Of ours a "check" is a suggestion, and a "shift" doesn't count. The others have their
defaults. deepchecks is sure where a condition of its check fails; skore of a feature that is as good as the target, and
suggests one that is as good as all features; leaklens is sure of critical issues, and suggests by warnings; leaklens-ml
is sure of findings of high severity, with which it fails a build. Each is told the split, the times and the groups if
it can be told. Besides, the tables of measurements that ship with scikit-learn are given to each: whatever is
suspected there is a false alarm.

Who wrote the suite wrote our detector, and tuned it on the other half. Two of its labels are a view that others
needn't share: equal rows of a table with few patterns are no copies, and a group on both sides is a leak only where its
rows know more of each other than the columns say, and the test isn't later.

Each of the others has an environment of its own, made by uv, or venv and pip, in a folder for caches, once; who can't
be installed has no column, and a line says so. The procedures of the suite are audited by ours alone, since no other
runs one. At last a million rows and 50 columns are examined, in a process of its own, with times, groups and a split;
memory is the process's peak less what it held before.
"""

import argparse
import ast
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OMP_WAIT_POLICY="PASSIVE")  # before anything that has threads is imported

import contenders
import numpy as np
import pandas as pd
from environments import FOLDER, environment

OTHERS = {
    "deepchecks": ["deepchecks==0.19.1", "numpy<2", "pandas<2.3", "scikit-learn<1.6", "setuptools<80"],
    "skore": ["skore==0.28.0"],
    "leaklens": ["leaklens==1.3.0"],
    "leaklens-ml": ["leaklens-ml==0.11.0"]}
KINDS = ["target", "missingness", "encoding", "time travel", "availability"]
OF_ROWS = ["duplicates", "groups", "time order"]
ROWS = "rows"
REAL = ("breast_cancer", "iris", "wine", "diabetes", "digits")


# ---------------------------------------------------- what each finds: a column, or rows; the kind; whether it is sure

def ours(table, asked):
    """`examine`'s findings."""
    from dataml_lab.leakage import examine
    from dataml_lab.leakage.report import ALL_ROWS, FOUND

    available = {name: pd.to_datetime(moments, utc=True) for name, moments in asked.pop("available_at", {}).items()}
    report = examine(table, "label", **asked, available_at=available or None)
    return [(ROWS if found.column == ALL_ROWS else found.column, found.kind, found.grade in FOUND)
            for found in report if found.grade != "shift"]


def parts(table, asked):
    """The rows fitted and tested, without the columns that say which; all rows and None where there is no split."""
    split = asked.get("split")
    return (table, None) if split is None else (table[~split], table[split])


def by_deepchecks(table, asked):
    """Predictive power above deepchecks' own limit, samples on both sides, groups and dates on both sides."""
    from deepchecks.tabular import Dataset, checks

    names = {"index_name": asked.get("groups"), "datetime_name": asked.get("times")}
    categories = [name for name in table.select_dtypes(["object", "bool"]) if name not in ("label", *names.values())]
    classes = table["label"].nunique()
    kind = "regression" if classes > 20 else "binary" if classes == 2 else "multiclass"
    fitted, tested = (None if rows is None else Dataset(
        rows, label="label", cat_features=categories, label_type=kind, **names) for rows in parts(table, asked))
    power = checks.FeatureLabelCorrelation().run(fitted).value
    found = [(column, "target", True) for column, strength in power.items() if strength > 0.8]
    if tested is None:
        return found
    tried = {"duplicates": checks.TrainTestSamplesMix().add_condition_duplicates_ratio_less_or_equal()}
    if asked.get("groups"):
        tried["groups"] = checks.IndexTrainTestLeakage().add_condition_ratio_less_or_equal()
    if asked.get("times"):
        tried["time order"] = checks.DateTrainTestLeakageOverlap().add_condition_leakage_ratio_less_or_equal()
    return found + [(ROWS, kind, True) for kind, check in tried.items()
                    if not check.run(fitted, tested).passed_conditions()]


def by_skore(table, asked):
    """Golden features, and datetime columns that overlap, of boosted trees."""
    import skore

    inputs, label, split = table.drop(columns="label"), table["label"], asked.get("split")
    model = boosted(inputs, label)
    report = skore.evaluate(model, inputs, label, splitter=0.3) if split is None else skore.EstimatorReport(
        model, X_train=inputs[~split], y_train=label[~split], X_test=inputs[split], y_test=label[split])
    others = [f"SKD{number:03d}" for number in range(1, 17) if number not in (2, 11, 13)]  # one fails on a constant
    told = report.checks.summarize(ignore=others).frame().set_index("code")
    told = told[told["section"].isin(["issue", "tip"])]["explanation"]
    timed = split is not None and bool(asked.get("times")) and "SKD013" in told.index
    return named(told.get("SKD011", "")) + [(ROWS, "time order", True)] * timed


def boosted(inputs, label):
    """Boosted trees of all columns, categories and dates as numbers, nothing filled."""
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder

    dates = list(inputs.select_dtypes("datetimetz"))
    texts = [name for name in inputs if name not in dates and not pd.api.types.is_numeric_dtype(inputs[name])]
    seconds = FunctionTransformer(as_seconds, feature_names_out="one-to-one")
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    prepared = make_column_transformer((codes, texts), (seconds, dates), remainder="passthrough",
                                       verbose_feature_names_out=False).set_output(transform="pandas")
    family = HistGradientBoostingRegressor if label.nunique() > 20 else HistGradientBoostingClassifier
    return make_pipeline(prepared, family(max_iter=40, max_leaf_nodes=8, random_state=0))


def as_seconds(dates):
    """Dates as seconds, NaN where missing."""
    return dates.apply(lambda column: column.astype("int64").where(column.notna()) / 1e6)


def named(golden):
    """The columns that skore's explanation of golden features names; sure where it says that the target is there."""
    return [(column, "target", "target itself" in text) for text in golden.splitlines()
            for column in ast.literal_eval(text[text.index("["):text.index("]") + 1])]


def by_leaklens(table, asked):
    """Its issues of leakage."""
    from leaklens import LeakLens

    fitted, tested = parts(table, asked)
    kinds = {"Target Leakage": "target", "Missing Value Leakage": "missingness",
             "Train/Test Contamination": "duplicates", "Temporal Leakage": "time order"}
    return [(ROWS if kinds[issue.title] in OF_ROWS else issue.column, kinds[issue.title],
             issue.severity.value == "critical")
            for issue in LeakLens(fitted, tested, target="label").run().issues if issue.title in kinds]


def by_leaklens_ml(table, asked):
    """Its findings of leakage."""
    from leaklens import leakage

    fitted, tested = parts(table, asked)
    found = leakage.single_feature_leaks(fitted, "label")
    if tested is not None:
        found += leakage.split_overlap(fitted, tested)
        found += leakage.temporal_overlap(fitted, tested, asked["times"]) if asked.get("times") else []
        found += leakage.group_overlap(fitted, tested, asked["groups"]) if asked.get("groups") else []
    rows = {"split_overlap": "duplicates", "temporal_leakage": "time order", "group_overlap": "groups"}
    return [(ROWS if one.kind in rows else one.column, rows.get(one.kind, "target"), one.severity == "high")
            for one in found]


FINDERS = {"dataml_lab": ours, "deepchecks": by_deepchecks, "skore": by_skore, "leaklens": by_leaklens,
           "leaklens-ml": by_leaklens_ml}


# ----------------------------------------------------------------------------------------- cases, as files for everyone

def write_cases(half, folder):
    """Each case as a table and what it is told, in files; what is planted in each, by number."""
    from sklearn import datasets

    from dataml_lab.leakage.suite import tables

    cases = [(case.table, case.asked, case.leaks) for case in tables(half)]
    for name in REAL:
        table = getattr(datasets, f"load_{name}")(as_frame=True).frame.rename(columns={"target": "label"})
        cases.append((table, {"split": np.random.default_rng(0).random(len(table)) < 0.3}, frozenset()))
    for number, (table, asked, _) in enumerate(cases):
        dates = list(table.select_dtypes("datetimetz"))
        told = {name: list(map(int, value)) if name == "split" else {
            column: list(map(str, moments)) for column, moments in value.items()} if name == "available_at" else value
            for name, value in asked.items()}
        table.to_csv(folder / f"{number}.csv", index=False)
        (folder / f"{number}.json").write_text(json.dumps({"dates": dates, "asked": told}), "utf-8")
    return [leaks for *_, leaks in cases]


def read_case(path):
    """A table and what it is told."""
    told = json.loads(path.with_suffix(".json").read_text("utf-8"))
    table, asked = pd.read_csv(path), told["asked"]
    for name in told["dates"]:
        table[name] = pd.to_datetime(table[name], utc=True)
    if "split" in asked:
        asked["split"] = np.array(asked["split"], bool)
    return table, asked


def serve(contender, folder):
    """Answer all cases of a folder: what is found in each, the seconds, and why where it failed."""
    warnings.simplefilter("ignore")
    answers = []
    for path in sorted(folder.glob("*.csv"), key=lambda one: int(one.stem)):
        table, asked = read_case(path)
        begun = time.perf_counter()
        try:
            found, error = FINDERS[contender](table, asked), None
        except Exception as cause:  # a tool that fails on a table has found nothing in it
            found, error = [], f"{type(cause).__name__}: {cause}"[:200]
        answers.append({"found": found, "seconds": time.perf_counter() - begun, "error": error})
        if sys.stderr.isatty():
            print(f"\r{contender}: {len(answers)} tables", end="", file=sys.stderr)
    (folder / f"{contender}.answers").write_text(json.dumps(answers), "utf-8")


# ------------------------------------------------------------------------------------------------------------- counts

def counted(leaks, answers, sure):
    """How many leaks of each kind are found, and how many findings are false: of columns, and of each kind of rows."""
    found, wrong = Counter(), Counter()
    for planted, answer in zip(leaks, answers, strict=True):
        told = {(column, kind) for column, kind, is_sure in answer["found"] if is_sure or not sure}
        columns = {column for column, _ in told} - {ROWS}
        found.update(kind for column, kind in planted
                     if (column in columns if column != ROWS else (ROWS, kind) in told))
        wrong["columns"] += len(columns - {column for column, _ in planted})
        wrong.update(kind for column, kind in told if column == ROWS and (ROWS, kind) not in planted)
    return found, wrong


def line(head, cells, width=15):
    """A row of the printed table."""
    print(f"{head:<26}" + "".join(f"{cell:>{width}}" for cell in cells))


def show(leaks, answers, sure):
    """Print what of each kind is found, false alarms, precision and recall."""
    planted = Counter(kind for pairs in leaks for _, kind in pairs)
    results = {name: counted(leaks, of, sure) for name, of in answers.items()}
    line("\nsure of" if sure else "\nwith suggestions", results)
    for kind in [*KINDS, *OF_ROWS]:
        line(f"{kind} ({planted[kind]})", [f"{found[kind]}" + f", {wrong[kind]} false" * (kind in OF_ROWS)
                                           for found, wrong in results.values()])
    line("innocent columns", [f"{wrong['columns']} false" for _, wrong in results.values()])
    totals = [(found.total(), wrong.total()) for found, wrong in results.values()]
    line("precision", [f"{right / max(right + wrong, 1):.3f}" for right, wrong in totals])
    line("recall", [f"{right / planted.total():.3f}" for right, _ in totals])
    honest = [counted([frozenset()] * len(REAL), of[-len(REAL):], sure)[1].total() for of in answers.values()]
    line("in scikit-learn's tables", [f"{wrong} false" for wrong in honest])


def costs(answers):
    """Print the seconds that each took, and on how many tables it failed."""
    line("failed on tables", [sum(one["error"] is not None for one in of) for of in answers.values()])
    line("seconds", [f"{sum(one['seconds'] for one in of):.1f}" for of in answers.values()])
    for name, of in answers.items():
        for error, times in Counter(one["error"] for one in of if one["error"]).most_common(2):
            print(f"{name} failed {times} times: {error}")


def contest(half, others, envs):
    """The tables, given to each."""
    with tempfile.TemporaryDirectory() as folder:
        leaks, answers = write_cases(half, Path(folder)), {}
        for name in ["dataml_lab", *others]:
            python = sys.executable if name == "dataml_lab" else environment(name, OTHERS[name], envs)
            if python is None:
                continue
            result = subprocess.run([python, "-W", "ignore", __file__, "--serve", name, folder],
                                    stdout=subprocess.PIPE, stderr=None if sys.stderr.isatty() else subprocess.PIPE)
            path = Path(folder) / f"{name}.answers"
            if path.exists():
                answers[name] = json.loads(path.read_text("utf-8"))
            else:
                print(f"{name} ended with {result.returncode} and has no column.")
    print(f"\n{len(leaks)} tables, half {half}: {sum(map(bool, leaks))} with leaks")
    for sure in (True, False):
        show(leaks, answers, sure)
    costs(answers)


def procedures(half):
    """Print how many of the procedures are found leaky, by kind, and how many innocents are suspected."""
    from dataml_lab.leakage import audit
    from dataml_lab.leakage.suite import procedures

    begun, found, planted, wrong = time.perf_counter(), Counter(), Counter(), 0
    for case in procedures(half):
        suspected = bool(audit(case.run, case.data, **case.asked).suspects)
        planted[case.kind] += 1
        found[case.kind] += suspected and case.kind is not None
        wrong += suspected and case.kind is None
    print(f"\n{planted.total()} procedures, half {half}, audited in {time.perf_counter() - begun:.1f} s")
    for kind in filter(None, planted):
        line(f"{kind} ({planted[kind]})", [f"{found[kind]} found"])
    line(f"innocent ({planted[None]})", [f"{wrong} suspected"])


# -------------------------------------------------------------------------------------------------------------- speed

def big(rows):
    """A table with this many rows and 50 columns, a user, a moment and a label."""
    random = np.random.default_rng(0)
    parts = {f"number_{place}": random.normal(size=rows) for place in range(28)}
    parts |= {f"count_{place}": random.integers(0, 10 ** (1 + place % 5), rows) for place in range(10)}
    parts |= {f"word_{place}": random.choice([f"w{number}" for number in range(4 + 20 * place)], rows)
              for place in range(8)}
    parts |= {f"hole_{place}": np.where(random.random(rows) < 0.2, np.nan, random.exponential(size=rows))
              for place in range(4)}
    table = pd.DataFrame(parts)
    table["label"] = (table["number_0"] + 0.5 * table["count_0"] + random.normal(size=rows) > 3).astype(int)
    table["user_id"] = random.integers(0, rows // 10, rows)
    table["at"] = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(random.integers(0, 10 ** 7, rows), unit="s")
    return table


def examining(rows):
    """What examines such a table; that of a small one is done already, so that all is imported."""
    from dataml_lab.leakage import examine

    def of(table):
        tested = np.arange(len(table)) % 5 == 0
        return [len(examine(table, "label", times="at", groups="user_id", split=tested).suspects)]

    of(big(2_000))
    table = big(rows)
    return lambda: of(table)


def speed(rows):
    """Print the seconds and the memory that examining takes, in a process of its own."""
    contender = contenders.Contender("dataml_lab", __file__, "--fast", "--rows", rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "suspects.npy"
        seconds = contender.answer(path)
        found = int(np.load(path)[0])
    contender.end()
    print(f"\n{rows:,} rows × 50 columns with times, groups and a split: {seconds:.1f} s, {contender.memory:,.0f} MB, "
          f"{found} suspects")


def main():
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=["tune", "held_out"], default="held_out")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--ours", action="store_true", help="without the others: nothing is installed")
    parser.add_argument("--envs", type=Path, default=FOLDER)
    parser.add_argument("--serve", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    parser.add_argument("--fast", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        serve(chosen.serve[0], Path(chosen.serve[1]))
    elif chosen.fast:
        contenders.serve(examining(chosen.rows))
    else:
        contest(chosen.half, [] if chosen.ours else OTHERS, chosen.envs)
        procedures(chosen.half)
        speed(chosen.rows)


if __name__ == "__main__":
    main()
