"""A procedure audited by its behaviour: what it does with other test rows, and what it scores on a permuted target.

The code isn't read. A transformation that was fitted before the split gives itself away: other values in the tested
rows move the matrix that the model is fitted to. A procedure that knows its test labels scores above chance when there
is nothing to know.
"""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dataml_lab.features.time_travel import Features, time_travel
from dataml_lab.leakage.perturb import Data, Run, inward, outward, relabelled
from dataml_lab.leakage.power import Label, auc, correlation
from dataml_lab.leakage.report import ALL_ROWS, Finding, Report

RUNS, SURE, ABOVE = 12, 4.5, 0.02  # on a permuted target; standard errors and score above chance that are too much
SAME = 1e-8  # of a column's spread: what sums in another order differ by
NAMED = 4  # columns that a finding names
FIT_AFTER = "Fit it to the training rows alone: put it into a Pipeline, which is fitted after the split."
MATRIX, SCORE = "(training matrix)", "(score)"  # stand for a column where the finding is about these


Procedure = Callable[[pd.DataFrame, pd.Series], Sequence]


def audit(pipeline: Procedure | Any, data: tuple[pd.DataFrame, pd.Series], *, groups: ArrayLike | None = None,
          runs: int = RUNS) -> Report:
    """What a procedure knows of the rows that it is tested on, as a `Report`.

    Parameters
    ----------
    pipeline : a function of inputs and label that does all there is to do, the split too, and returns what
        `train_test_split` does, as the model gets it, and the predictions: X_train, X_test, y_train, y_test, predicted.
        Classes are predicted as scores (of two) or as labels. Without predictions the target isn't permuted. It must
        do the same twice: seed it. A scikit-learn estimator is fitted after a split by chance.
    data : inputs and label. The labels that come back must keep their index: it says which rows they are.
    groups : whose each row is. On a permuted target the rows of a group then keep labels that belong together.
    runs : how many times the target is permuted.

    Three things are tried. No row may be in both parts. Other values in the tested rows, within the range of the
    fitted ones and beyond it, and other labels of them, must not move the training matrix (row numbers and columns
    named as ids stay). On a permuted target the score must be that of chance: an AUC of .5, or a correlation of 0.

    Raises ValueError for a procedure that returns something else, or not the same twice; and what it raises itself.

    >>> from sklearn.linear_model import LinearRegression
    >>> from sklearn.model_selection import train_test_split
    >>> def standardised_first(inputs, label):
    ...     inputs = (inputs - inputs.mean()) / inputs.std()
    ...     X_train, X_test, y_train, y_test = train_test_split(inputs, label, random_state=0)
    ...     return X_train, X_test, y_train, y_test, LinearRegression().fit(X_train, y_train).predict(X_test)
    >>> random = np.random.default_rng(0)
    >>> x = pd.DataFrame({"x": random.normal(size=80)})
    >>> for found in audit(standardised_first, (x, x["x"] + random.normal(size=80))):
    ...     print(found.grade, found.column, found.kind)
    leak (training matrix) preprocessing
    """
    inputs, label = data
    data = Data(inputs.reset_index(drop=True), pd.Series(np.asarray(label), name="label"))
    procedure = pipeline if not hasattr(pipeline, "fit") else after_split(pipeline)
    first = run(procedure, data)
    if not is_same(first, run(procedure, data)):
        raise ValueError("two runs on the same data gave different matrices: seed what is random in the procedure")
    found = overlap(first)
    moves, not_looked = moved(procedure, data, first)
    found += moves
    if first.predicted is None:
        not_looked.append("Not looked for without predictions: the score on a permuted target.")
    else:
        found += above_chance(procedure, data, None if groups is None else pd.factorize(groups)[0], runs)
    looked = ["overlap", "preprocessing", "permuted target"]
    return Report(found, looked if first.predicted is not None else looked[:2], not_looked)


def after_split(estimator: Any) -> Procedure:
    """The procedure of an estimator: a split by chance, then a fit; its last step's inputs are the matrices."""
    from sklearn.base import clone
    from sklearn.model_selection import train_test_split

    def procedure(inputs: pd.DataFrame, label: pd.Series) -> Run:
        fitted_to, tried_on, train_label, test_label = train_test_split(inputs, label, random_state=0)
        fitted = clone(estimator).fit(fitted_to, train_label)
        before = fitted[:-1].transform if len(getattr(fitted, "steps", ())) > 1 else lambda rows: rows
        scores = fitted.predict_proba(tried_on)[:, 1] if hasattr(fitted, "predict_proba") and len(
            fitted.classes_) == 2 else fitted.predict(tried_on)
        return Run(before(fitted_to), before(tried_on), train_label, test_label, scores)
    return procedure


def run(procedure: Procedure, data: Data) -> Run:
    """What the procedure does with a copy of the data; ValueError where that is not four or five things in order."""
    found = procedure(data.inputs.copy(), data.label.copy())
    if not isinstance(found, tuple | list) or not 4 <= len(found) <= 5:
        raise ValueError("the procedure must return X_train, X_test, y_train, y_test and, if it can, its predictions")
    found = Run(*found)
    for part, matrix in ((found.train_label, found.train), (found.test_label, found.test)):
        if not isinstance(part, pd.Series) or not part.index.isin(data.label.index).all():
            raise ValueError("y_train and y_test must be Series that keep the index of the label: it says which rows "
                             "they are")
        if matrix.shape[0] != len(part):
            raise ValueError(f"a matrix has {matrix.shape[0]} rows, and its label {len(part)}")
    return found


def overlap(found: Run) -> list[Finding]:
    """The rows that are fitted and tested as well."""
    both = found.test_label.index.isin(found.train_label.index).mean()
    return [Finding("leak", ALL_ROWS, "overlap", float(both), f"{both:.1%} of the tested rows are fitted as well.",
                    "Repeat or resample rows after the split, and only among those that are fitted.")] if both else []


# ------------------------------------------------------------------------------------------ other values in tested rows

def moved(procedure: Procedure, data: Data, first: Run) -> tuple[list[Finding], list[str]]:
    """What of the training matrix moves with the inputs and with the labels of the tested rows, and what can't be
    said: where the split itself goes by them."""
    found, not_looked = [], []
    for what, others in (("values", [inward, outward]), ("labels", [relabelled])):
        outcomes = [run_or_error(procedure, other(data, first)) for other in others]
        kept = [one for one in outcomes if isinstance(one, Run) and same_rows(one, first)]
        shifts = max((shift(first, one) for one in kept), key=lambda shifts: max(shifts.values(), default=0),
                     default=None)
        if shifts is None:
            not_looked.append(f"With other {what} in the tested rows other rows are fitted: whether the matrix moves "
                              "can't be said.")
        elif shifts:
            found.append(finding(shifts, what))
    return found, not_looked


def finding(shifts: dict[Hashable, float], what: str) -> Finding:
    """The finding for columns that move by so many of their standard deviations."""
    far, columns = max(shifts.values()), sorted(shifts, key=lambda name: -shifts[name])
    named = ", ".join(map(str, columns[:NAMED])) + ", …" * (len(columns) > NAMED)
    size = f"by up to {far:.2g} standard deviations" if np.isfinite(far) else "to other columns"
    return Finding("leak", MATRIX, "preprocessing" if what == "values" else "target in preprocessing", far,
                   f"{len(columns)} of its columns move {size} with the {what} of tested rows: {named}.", FIT_AFTER)


def run_or_error(procedure: Procedure, data: Data) -> Run | Exception:
    """What the procedure does, or why it can't with these data."""
    try:
        return run(procedure, data)
    except Exception as error:
        return error


def same_rows(one: Run, other: Run) -> bool:
    """Whether the same rows are fitted, in the same order."""
    return one.train_label.index.equals(other.train_label.index)


def columns_of(matrix: Any) -> dict[Hashable, np.ndarray]:
    """The columns of a matrix, dense or not, or of a frame, by name or by place."""
    names = list(matrix.columns) if isinstance(matrix, pd.DataFrame) else None
    dense = matrix.toarray() if hasattr(matrix, "toarray") else matrix
    if names is None:
        dense = np.asarray(dense)
        dense = dense.reshape(len(dense), -1)
        return {f"column {place}": dense[:, place] for place in range(dense.shape[1])}
    return {name: dense.iloc[:, place].to_numpy() for place, name in enumerate(names)}


def shift(one: Run, other: Run) -> dict[Hashable, float]:
    """By how many of its standard deviations each column of the training matrix moves at most, where it does; of
    frames those that both have. The label counts as a column."""
    ours, theirs = columns_of(one.train), columns_of(other.train)
    if not isinstance(one.train, pd.DataFrame) and len(ours) != len(theirs):
        return {f"{len(ours)} and {len(theirs)} columns": np.inf}
    ours["the label"], theirs["the label"] = one.train_label.to_numpy(), other.train_label.to_numpy()
    found = {name: distance(ours[name], theirs[name]) for name in ours if name in theirs}
    return {name: far for name, far in found.items() if far > SAME}


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """The largest difference in standard deviations of the first; of what isn't a number the share of rows that
    differ."""
    try:
        one, other = one.astype(float), other.astype(float)
    except (TypeError, ValueError):
        return float((pd.Series(one).fillna("") != pd.Series(other).fillna("")).mean())
    both = np.isnan(one) & np.isnan(other)
    far = np.where(both, 0.0, np.abs(one - other))
    return float(np.nan_to_num(far, nan=np.nanmax(far, initial=1.0)).max() / (np.nanstd(one) or 1.0))


def is_same(one: Run, other: Run) -> bool:
    """Whether two runs fitted the same matrix."""
    return same_rows(one, other) and not shift(one, other)


# ------------------------------------------------------------------------------------------------ a permuted target

def above_chance(procedure: Procedure, data: Data, groups: np.ndarray | None, runs: int) -> list[Finding]:
    """Whether the whole procedure scores above chance on a target that has nothing to do with the inputs."""
    random = np.random.default_rng(0)
    found = [run(procedure, Data(data.inputs, permuted(data.label, groups, random))) for _ in range(runs)]
    scores = np.array([score(one, data.label) for one in found])
    mean, error = scores.mean(), scores.std(ddof=1) / np.sqrt(runs)
    if mean < ABOVE or mean < SURE * error:
        return []
    told = f"a correlation of {mean:.2f}" if Label(data.label).is_number else f"an AUC of {0.5 + mean / 2:.2f}"
    return [Finding("suspect", SCORE, "permuted target", float(mean),
                    f"On a permuted target, of which nothing can be known, it scores {told} in {runs} runs.",
                    "Something has seen the labels of the tested rows, or is chosen by their score: selection, "
                    "encoding, resampling, tuning, or groups on both sides of the split.")]


def permuted(label: pd.Series, groups: np.ndarray | None, random: np.random.Generator) -> pd.Series:
    """The labels in another order; with groups, those of a group stay together and go to another group's rows."""
    if groups is None:
        return pd.Series(random.permutation(label.to_numpy()), label.index, name=label.name)
    order = np.argsort(groups, kind="stable")
    other = np.argsort(random.permutation(groups.max() + 1)[groups], kind="stable")
    found = np.empty(len(label), label.to_numpy().dtype)
    found[order] = label.to_numpy()[other]
    return pd.Series(found, label.index, name=label.name)


def score(found: Run, label: pd.Series) -> float:
    """How well the tested labels are predicted, 0 being chance: 2 AUC − 1 (over classes, weighted), or Pearson's
    correlation for numbers."""
    predicted, truth = np.asarray(found.predicted), found.test_label.to_numpy()
    if len(predicted) != len(truth) or predicted.ndim != 1:
        raise ValueError(f"the predictions have the shape {predicted.shape}, where one for each of {len(truth)} tested "
                         "rows is needed")
    of_all = Label(label)
    if of_all.is_number:
        return correlation(predicted.astype(float), truth.astype(float))
    as_scores = len(of_all.classes) == 2 and np.issubdtype(predicted.dtype, np.number)
    shown = of_all.classes[:1] if len(of_all.classes) == 2 else of_all.classes
    guess = predicted[:, None] if as_scores else np.column_stack([predicted == one for one in shown])
    return 1 - classes_error(np.column_stack([truth == one for one in shown]), guess.astype(float))


def classes_error(truth: np.ndarray, guess: np.ndarray) -> float:
    """2 (1 − AUC), averaged over classes by their rows."""
    aucs = [auc(truth[:, place].astype(float), guess[:, place]) for place in range(truth.shape[1])]
    return float(2 * (1 - np.average(aucs, weights=truth.mean(axis=0) + 1e-12)))


# --------------------------------------------------------------------------------------------- functions of features

def audit_features(features: Features, events: pd.DataFrame, users: Sequence, as_of: datetime,
                   **columns: str) -> Report:
    """The features that later events move, found by `dataml_lab.features.time_travel`, as a `Report`.

    `columns` are its `key` and `time`: the names of the columns that say whose an event is, and when it occurred.
    """
    found = [Finding("leak", one.what if one.column is None else one.column, "time travel", 1.0, f"{one}.",
                     "Compute it from events before as_of alone.")
             for one in time_travel(features, events, users, as_of, **columns)]
    return Report(found, ["time travel"], [])
