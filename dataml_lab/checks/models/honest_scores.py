"""Exercise of 04c: what models are worth on rows that they were not fitted to, beside a baseline and with a spread."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.models.customers import FOLDS, HOLED, Step, Table, table
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import shown

COLUMNS = ("error", "spread", "beats")
NEAR = 1e-6
FIRST = "returns a row for the baseline and for each model"
UNSEEN = "predicts each row once, by a model that wasn't fitted to it"
FOLDED = "makes five mixed folds, the same for each model"
honest_scores = Exercise("honest_scores", table, function("honest_scores"))


class Report(NamedTuple):
    """What was returned, what each model was fitted to and asked for, and whether the answer left X and y alone."""

    returned: Any
    steps: dict[str, list[Step]]
    unchanged: bool

    @property
    def rows(self) -> pd.DataFrame:
        """The rows of the report; Failed where it is none."""
        return report(self.returned, ["baseline", *self.steps])


@honest_scores.scene
def found(honest_scores: Answer, world: Table) -> Report:
    """What comes of one call with models that nothing was done with before."""
    models = world.models()
    returned, (_, X, y) = honest_scores.call(models, world.X, world.y)
    return Report(returned, {name: model.steps for name, model in models.items()}, unchanged(world, X, y))


def unchanged(world: Table, X: Any, y: Any) -> bool:
    """Whether these are the X and the y of the table."""
    return (isinstance(X, pd.DataFrame) and isinstance(y, pd.Series) and world.X.equals(X) and world.y.equals(y)
            and world.X.index.equals(X.index))


def report(value: Any, names: list[str]) -> pd.DataFrame:
    """What was returned, where it has these rows and the columns of a report; Failed, with a sentence, else."""
    if not isinstance(value, pd.DataFrame):
        raise Failed(f"honest_scores returned {shown(value)}, where a DataFrame is needed.")
    if value.index.tolist() != names:
        raise Failed(f"The index of what honest_scores returned is {shown(value.index.tolist())}, where {names} is "
                     "needed.")
    if value.columns.tolist() != list(COLUMNS):
        raise Failed(f"The columns of what honest_scores returned are {shown(value.columns.tolist())}, where "
                     f"{list(COLUMNS)} are needed.")
    for name in COLUMNS:
        for cell in value[name].tolist():
            if not isinstance(cell, bool if name == "beats" else float | int) or cell != cell:
                why = (" NaN comes of Series with different indexes, and of scikit-learn where it can't work with a "
                       "model.") if cell != cell else ""
                raise Failed(f"The column {name} holds {shown(cell)}, where "
                             f"{'True or False' if name == 'beats' else 'a number'} is needed.{why}")
    return value


@honest_scores.demands(FIRST, points=1, call="honest_scores(world.models(), world.X, world.y)")
def _(found: Report) -> str | None:
    return None if len(found.rows) else "There is no row."


@honest_scores.demands(UNSEEN, points=2, call="""\
models = world.models()
honest_scores(models, world.X, world.y)
for name, model in models.items():
    print(name, [(len(step.fitted), len(step.asked), len({*step.fitted} & {*step.asked})) for step in model.steps],
          "are, fit by fit, the rows fitted to, the rows predicted, and how many rows were both")""")
def _(found: Report, world: Table) -> str | None:
    for name, steps in found.steps.items():
        if wrong := seen(steps, len(world.y)):
            return f"The model {name!r} {wrong}"
    return None


def seen(steps: list[Step], n: int) -> str | None:
    """What is wrong with the rows that a model predicted, in words; None where each was unseen and came once."""
    for step in steps:
        both = set(step.fitted.tolist()) & set(step.asked)
        if both:
            return (f"was fitted to {len(step.fitted)} rows, and {len(both)} of the {len(step.asked)} rows that it "
                    "then predicted are among these: it may know them by heart.")
    times = np.bincount([row for step in steps for row in step.asked], minlength=n)
    if (times > 1).any():
        return (f"predicted {(times > 1).sum()} of {n} rows more than once, one of them {times.max()} times. Who "
                "repeats can choose what looks best: one prediction a row is enough.")
    if not times.all():
        return f"never predicted {(times == 0).sum()} of {n} rows: each row belongs to one of the five folds."
    return None


@honest_scores.demands(FOLDED, points=1, after=UNSEEN, call="""\
models = world.models()
honest_scores(models, world.X, world.y)
for name, model in models.items():
    print(name, "predicted, fold by fold, the rows", [sorted(step.asked) for step in model.steps])""")
def _(found: Report, world: Table) -> str | None:
    first, *others = found.steps
    if wrong := unmixed(found.steps[first], len(world.y)):
        return f"The model {first!r} {wrong}"
    for name in others:
        if folds(found.steps[name]) != folds(found.steps[first]):
            return (f"The folds of {name!r} are not those of {first!r}: then one of them may have had the easier rows. "
                    "Make the folds once.")
    return None


def folds(steps: list[Step]) -> set[frozenset[int]]:
    """The folds that a model predicted, each as the places of its rows."""
    return {frozenset(step.asked) for step in steps if step.asked}


def unmixed(steps: list[Step], n: int) -> str | None:
    """What is wrong with the folds of a model, in words; None where they are as asked for."""
    used = [step for step in steps if step.asked]
    sizes = sorted(len(step.asked) for step in used)
    if len(sizes) != FOLDS or sizes[-1] - sizes[0] > 1:
        return f"predicted folds of {sizes} rows, where {FOLDS} are needed, whose sizes differ by 1 at most."
    for step in used:
        if len(step.fitted) != n - len(step.asked):
            return (f"was fitted to {len(step.fitted)} rows before it predicted {len(step.asked)}, where all {n} but "
                    "these are needed.")
        if max(step.asked) - min(step.asked) < n / 2:
            return (f"predicted rows {min(step.asked)} to {max(step.asked)} of {n} in one fold. The table is sorted, "
                    "so these customers spend about the same, and the model saw nobody like them: shuffle.")
    return None


@honest_scores.demands("fills a hole with the median of the rows that are fitted", points=2, after=UNSEEN, call="""\
models = world.models()
honest_scores(models, world.X, world.y)
for step in [step for model in models.values() for step in model.steps][:5]:
    fitted, holes = world.X.iloc[step.fitted], world.X.iloc[step.asked]["spend_90d"].isna().to_numpy()
    print("median of those fitted", fitted["spend_90d"].median(), "in the holes of those predicted",
          {float(row[1]) for row, hole in zip(step.asked_for, holes) if hole})""")
def _(found: Report, world: Table) -> str | None:
    if not found.unchanged:
        return ("It changed X or y, which belong to the caller. What is filled in X in one fold is no hole in the "
                "next: fill a copy.")
    for name, steps in found.steps.items():
        for step in steps:
            for column in HOLED:
                if wrong := misfilled(step, world.X[column], list(world.X).index(column)):
                    return f"For the model {name!r}, {wrong}"
    return None


def misfilled(step: Step, column: pd.Series, number: int) -> str | None:
    """What stood in for a hole of a column instead of the median of those fitted, in words; None where nothing did."""
    right = column.iloc[step.fitted].median()
    for what, rows, values in (("fitted", step.fitted, step.fitted_to), ("predicted", step.asked, step.asked_for)):
        for row, value in zip(rows, values, strict=True):
            if np.isnan(column.iloc[row]) and abs(value[number] - right) > NEAR:
                also = told(value[number], step, column, predicted=what == "predicted")
                return (f"{column.name} of user {column.index[row]}, who was {what}, was filled with "
                        f"{value[number]:.3f}{also}. The median of the {len(step.fitted)} rows that were fitted is "
                        f"{right:.3f}.")
    return None


def told(value: float, step: Step, column: pd.Series, *, predicted: bool) -> str:
    """Which other number the fill value of a row is, in words; empty where it is none that is known. A row that is to
    be predicted may have been filled with the median of such rows."""
    known = {"the median of the rows to be predicted": column.iloc[step.asked].median() if predicted else np.nan,
             "the median of all rows, those to be predicted included": column.median(),
             "a mean": column.iloc[step.fitted].mean(), "the mean of all rows": column.mean()}
    return next((f", which is {what}" for what, number in known.items() if abs(number - value) < NEAR), "")


def errors(found: Report, world: Table) -> pd.DataFrame:
    """The mean error in each fold, in the order of the first model: of the baseline, and of each model."""
    y, first = world.y.to_numpy(), [step for step in next(iter(found.steps.values())) if step.asked]
    order = [frozenset(step.asked) for step in first]
    table = {"baseline": [float(np.abs(y[step.asked] - y[step.fitted].mean()).mean()) for step in first]}
    for name, steps in found.steps.items():
        by_fold = {frozenset(step.asked): step.error(y) for step in steps}
        table[name] = [by_fold[fold] for fold in order]
    return pd.DataFrame(table)


@honest_scores.scene
def by_fold(found: Report, world: Table) -> pd.DataFrame:
    """The mean error of the baseline and each model in each fold."""
    return errors(found, world)


def unlike(found: Report, by_fold: pd.DataFrame, names: list[str], world: Table) -> str | None:
    """The first of these rows in which error or spread isn't that of the folds, in words; None where all are."""
    for name in names:
        row, right = found.rows.loc[name], by_fold[name]
        for column, number in (("error", right.mean()), ("spread", right.std())):
            if not abs(row[column] - number) <= NEAR * max(1, number):
                which = guessed(row[column], right, name, found, world)
                return (f"The errors of {name!r} in the five folds are {listed(right)}. The {column} was reported as "
                        f"{row[column]:.3f}{which}, and {number:.3f} is right.")
    return None


def listed(numbers: pd.Series) -> str:
    """Numbers in a sentence."""
    return ", ".join(f"{number:.3f}" for number in numbers)


def guessed(value: float, right: pd.Series, name: str, found: Report, world: Table) -> str:
    """Which other number that is, in words; empty where it is none that is known."""
    sizes = [len(step.asked) for step in next(iter(found.steps.values())) if step.asked]
    known = {"the best fold": right.min(), "the median of the folds": right.median(),
             "the mean of all rows, where the mean of the five folds is asked for": np.average(right, weights=sizes),
             "their standard deviation divided by 5 instead of 4": right.std(ddof=0),
             "their standard deviation divided by the root of 5": right.std() / FOLDS ** 0.5,
             "the distance from the least to the largest": right.max() - right.min(),
             "their variance": right.var()}
    if name == "baseline":
        steps = [step for step in next(iter(found.steps.values())) if step.asked]
        y = world.y.to_numpy()
        for what, centre in (("the mean of all rows", lambda step: y.mean()),
                             ("the mean of the rows that are predicted", lambda step: y[step.asked].mean()),
                             ("the median of the rows that are fitted", lambda step: np.median(y[step.fitted]))):
            each = pd.Series([np.abs(y[step.asked] - centre(step)).mean() for step in steps])
            known |= {f"what a baseline gives that predicts {what}": each.mean(),
                      f"the spread of a baseline that predicts {what}": each.std()}
    return next((f", which is {what}" for what, number in known.items() if abs(number - value) < NEAR), "")


@honest_scores.demands("compares with the mean of the rows that are fitted", points=1, after=FOLDED,
                       call="honest_scores(world.models(), world.X, world.y)")
def _(found: Report, by_fold: pd.DataFrame, world: Table) -> str | None:
    return unlike(found, by_fold, ["baseline"], world)


@honest_scores.demands("reports the mean of the five errors, and their standard deviation", points=2, after=FOLDED,
                       call="honest_scores(world.models(), world.X, world.y)")
def _(found: Report, by_fold: pd.DataFrame, world: Table) -> str | None:
    return unlike(found, by_fold, list(world.kinds), world)


@honest_scores.demands("says which model is better than the baseline in each fold", points=1, after=FOLDED,
                       call="honest_scores(world.models(), world.X, world.y)")
def _(found: Report, by_fold: pd.DataFrame) -> str | None:
    for name in by_fold:
        better = by_fold[name] < by_fold["baseline"]
        if found.rows.loc[name, "beats"] != better.all():
            return (f"{name!r} has a smaller error than the baseline in {better.sum()} of {FOLDS} folds (means "
                    f"{by_fold[name].mean():.2f} and {by_fold['baseline'].mean():.2f}), and beats was reported as "
                    f"{found.rows.loc[name, 'beats']}.")
    return None
