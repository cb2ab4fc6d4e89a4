"""The measured table: families of models × worlds, each score with its spread, beside the best one possible; and what
a model costs: time to train, to answer one row and many, and bytes."""

import pickle
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from dataml_lab.models.worlds import World, predicted, score

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

QUIET_S = 2.0  # before a line of progress is shown
KNOWING_NOTHING = {"AUC": 0.5, "R²": 0.0}  # the score of a constant prediction


class Family(NamedTuple):
    """Two models of one kind: one for labels of 0 and 1, one for numbers."""

    classifier: "BaseEstimator"
    regressor: "BaseEstimator"


class Run(NamedTuple):
    """What was measured of one model in one world."""

    world: str
    model: str
    seed: int
    score: float
    best: float
    reached: float  # of the way from knowing nothing to the best score; negative below the former
    fit_s: float
    one_row_ms: float
    batch_ms: float  # for the rows of the test
    bytes: int


def compare(models: Mapping[str, "Family | BaseEstimator"], worlds: Iterable[Callable[[int], World]],
            seeds: Iterable[int] = range(3)) -> pd.DataFrame:
    """A row for each model, world and seed. Each seed draws a world anew, and a copy of each model is trained in it.

    The scores of models that have a `random_state` are the same each time; times are those of this machine.
    """
    worlds, seeds, runs, began = list(worlds), list(seeds), [], time.monotonic()
    for make in worlds:
        for seed in seeds:
            world = make(seed)
            for name, model in models.items():
                runs.append(measured(name, model, world, seed))
                show_progress(len(runs), len(models) * len(worlds) * len(seeds), time.monotonic() - began)
    return pd.DataFrame(runs, columns=Run._fields)


def measured(name: str, model: "Family | BaseEstimator", world: World, seed: int) -> Run:
    """What is measured of a copy of a model that is trained in a world."""
    from sklearn.base import clone

    if isinstance(model, Family):
        model = model.classifier if world.metric == "AUC" else model.regressor
    fit_s, fitted = timed(lambda: clone(model).fit(world.X_train, world.y_train))
    batch_s, prediction = timed(lambda: predicted(fitted, world.X_test, world.metric))
    one_row_s, _ = timed(lambda: predicted(fitted, world.X_test.iloc[[0]], world.metric))
    found, nothing = score(world.metric, world.y_test, prediction), KNOWING_NOTHING[world.metric]
    return Run(world.name, name, seed, found, world.best, (found - nothing) / (world.best - nothing), fit_s,
               one_row_s * 1_000, batch_s * 1_000, len(pickle.dumps(fitted)))


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """The seconds that an action takes, and what it returns."""
    began = time.perf_counter()
    result = action()
    return time.perf_counter() - began, result


def show_progress(done: int, runs: int, seconds: float) -> None:
    """Rewrites one line on a terminal, once a comparison has taken longer than QUIET_S."""
    if seconds > QUIET_S and sys.stderr.isatty():
        left = seconds / done * (runs - done)
        print(f"{done:,} of {runs:,} models measured, {left:,.0f} s left ", end="\r", file=sys.stderr, flush=True)


def table(runs: pd.DataFrame) -> pd.DataFrame:
    """Models × worlds: the mean score over the seeds ± its standard deviation; in the last row, the best possible."""
    found = runs.groupby(["model", "world"], sort=False)["score"].agg(["mean", "std"]).fillna(0.0).round(2) + 0.0
    texts = pd.Series([f"{mean:.2f} ± {spread:.2f}" for mean, spread in zip(found["mean"], found["std"], strict=True)],
                      found.index).unstack()
    best = runs.groupby("world")["best"].mean().map("{:.2f}".format).rename("best possible")
    return pd.concat([texts, best.to_frame().T]).loc[[*runs["model"].unique(), "best possible"], runs["world"].unique()]


def reached(runs: pd.DataFrame) -> pd.DataFrame:
    """Models × worlds: how much of the way from knowing nothing (0) to the best possible score (1) was reached."""
    found = runs.pivot_table(index="model", columns="world", values="reached", sort=False)
    return found.rename_axis(index=None, columns=None)


def costs(runs: pd.DataFrame) -> pd.DataFrame:
    """What each model cost: the median over all worlds and seeds."""
    found = runs.groupby("model", sort=False)[["fit_s", "one_row_ms", "batch_ms", "bytes"]].median()
    return found.rename_axis(None).assign(kB=found["bytes"] / 1_000).drop(columns="bytes")


def families() -> dict[str, Family]:
    """The families of the lesson, with the settings of somebody who knows each: nothing is tuned to a world."""
    from lightgbm import LGBMClassifier, LGBMRegressor
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.dummy import DummyClassifier, DummyRegressor
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    tree = {"max_depth": 5, "min_samples_leaf": 10, "random_state": 0}
    forest = {"n_estimators": 20, "min_samples_leaf": 3, "random_state": 0}
    boosting = {"n_estimators": 100, "learning_rate": 0.07, "num_leaves": 8, "num_threads": 1, "verbose": -1,
                "random_state": 0}
    net = {"hidden_layer_sizes": (32,), "alpha": 1.0, "max_iter": 25, "learning_rate_init": 0.02, "random_state": 0}
    return {
        "baseline": Family(DummyClassifier(), DummyRegressor()),
        "linear": Family(scaled(LogisticRegression(max_iter=500)), scaled(Ridge())),
        "tree": Family(DecisionTreeClassifier(**tree), DecisionTreeRegressor(**tree)),
        "forest": Family(RandomForestClassifier(**forest), RandomForestRegressor(**forest)),
        "boosting": Family(LGBMClassifier(**boosting), LGBMRegressor(**boosting)),
        "neural net": Family(scaled(MLPClassifier(**net)), TransformedTargetRegressor(
            scaled(MLPRegressor(**net)), transformer=StandardScaler())),
    }


def scaled(model: "BaseEstimator") -> "BaseEstimator":
    """A model that needs numbers of one size and without gaps: medians fill these, and columns are standardised."""
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), model)
