"""Exercise of 04c: a model for each of several shops, chosen by what is known of it before it is fitted."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.models.shops import Shop, Shops, shops
from dataml_lab.checks.scenes import Replies
from dataml_lab.runtime.answers import Failed, Maker, function
from dataml_lab.runtime.shown import shown

LEAVES, WEIGHTS = 8, 5  # of what is applied by hand, at most
SPLINTERS = 2 * LEAVES  # leaves of a tree that says the same and is grown without looking ahead
NEEDED = {"few_rows": 0.75, "interactions": 0.7, "holes": 0.75, "by_hand": 0.7}
FIRST = "returns something that can be fitted, and then gives probabilities"
READABLE = f"can be applied by hand where that is asked for: {LEAVES} leaves or {WEIGHTS} weights"


def taken(names: Mapping[str, object]) -> Maker:
    """The function choose_model, which makes objects."""
    return Maker(*function("choose_model")(names))


class Size(NamedTuple):
    """How long a model is, when it is written down by what it says: as a tree, and as a weighted sum."""

    predictions: int  # different ones
    leaves: int  # of a tree that says the same
    weights: int | None  # of a sum that says the same; None where there is none

    @property
    def readable(self) -> bool:
        """Whether it can be applied by hand."""
        tree = self.predictions <= LEAVES and self.leaves <= SPLINTERS
        return tree or (self.weights is not None and self.weights <= WEIGHTS)

    def __str__(self) -> str:
        told = "1" if self.predictions == 1 else f"{self.predictions:,} different"
        weights = "no weighted sum" if self.weights is None else f"a weighted sum of {self.weights} columns"
        return f"{told} predictions, a tree of {self.leaves:,} leaves, {weights}"


def size(X: pd.DataFrame, probability: np.ndarray) -> Size:
    """The size of what says these probabilities for these rows."""
    from sklearn.tree import DecisionTreeClassifier

    values, said = np.unique(probability.round(9), return_inverse=True)
    if len(values) > 20 * LEAVES:  # to grow a tree for them takes long, and says nothing
        return Size(len(values), len(values), weights(X, probability))
    return Size(len(values), int(DecisionTreeClassifier(random_state=0).fit(X, said).get_n_leaves()),
                weights(X, probability))


def weights(X: pd.DataFrame, probability: np.ndarray) -> int | None:
    """How many columns have a weight in the sum of which these are the probabilities, or the log-odds; None where they
    are no weighted sum."""
    inner = (probability > 1e-6) & (probability < 1 - 1e-6)
    if inner.sum() < 3 * X.shape[1]:
        return None
    columns = ((X - X.mean()) / X.std()).fillna(0.0).to_numpy()[inner]
    columns = np.column_stack([np.ones(len(columns)), columns])
    for said in (np.log(probability[inner] / (1 - probability[inner])), probability[inner]):
        found = np.linalg.lstsq(columns, said, rcond=None)[0]
        if np.abs(columns @ found - said).max() < 1e-6 * max(1e-9, np.ptp(said)):
            return int((np.abs(found[1:]) > 1e-6 * np.ptp(said)).sum())
    return None


choose_model = Exercise("choose_model", shops, taken, essay=4)


@dataclass(frozen=True)
class Result:
    """What came of a model in a shop."""

    shop: Shop
    probability: np.ndarray
    reached: float  # of the way from 0.5 to the best AUC

    @cached_property
    def size(self) -> Size:
        """How long the model is."""
        return size(self.shop.asked, self.probability)


@choose_model.scene
def results(choose_model: Maker, world: Shops) -> Replies:
    """What comes of the model for each shop."""
    return Replies(partial(result, choose_model), world.all, world.seed)


def result(choose_model: Maker, shop: Shop) -> Result:
    """What comes of a model that is chosen for a shop, fitted there, and asked."""
    try:
        model = choose_model(shop.brief)
        model.call("fit", shop.X, shop.y, gives="nothing")
        probability = probabilities(model("predict_proba", shop.asked), len(shop.asked))
    except Failed as failure:
        raise type(failure)(f"Given the brief {shop.brief}: {failure}{of_class(str(failure))}") from None
    return Result(shop, probability, shop.reached(probability))


def of_class(told: str) -> str:
    """What to do where a method was called of a class, and took the table for its object; empty where it wasn't."""
    words = ("missing 1 required positional argument: 'y'", "'DataFrame' object has no attribute '_")
    return " Return an object of the class, such as LogisticRegression()." if any(map(told.__contains__, words)) else ""


def probabilities(value: object, rows: int) -> np.ndarray:
    """The probability of a 1 for each row, in what predict_proba returned; Failed where it is none."""
    found = value.to_numpy() if isinstance(value, pd.DataFrame) else value
    if not isinstance(found, np.ndarray) or found.dtype.kind != "f" or found.shape != (rows, 2):
        raise Failed(f"predict_proba returned {shown(value)} for {rows} rows, where an array of {rows} rows and two "
                     "columns is needed: the probabilities of 0 and of 1.")
    if not (np.isfinite(found).all() and (found >= 0).all() and np.allclose(found.sum(axis=1), 1)):
        raise Failed("predict_proba returned rows that aren't two probabilities whose sum is 1, such as "
                     f"{shown(found[0].tolist())}.")
    return found[:, 1].astype(float)


def measured(results: Replies, world: Shops) -> str:
    """For each shop of a world, what the model reached and how long it is when it is written down."""
    lines = []
    for shop in world.all:
        found = results[shop]
        lines.append({**shop.brief, "AUC": f"{0.5 + found.reached * (shop.best - 0.5):.3f}", "best": f"{shop.best:.3f}",
                      "reached": f"{found.reached:.0%}", "predictions": found.size.predictions,
                      "weights": "none" if found.size.weights is None else found.size.weights})
    return pd.DataFrame(lines).to_string(index=False)


choose_model.measured = measured
SHOW = """\
for shop in {shops}:
    model = choose_model(shop.brief)
    model.fit(shop.X, shop.y)
    print(shop.brief, "reached", round(shop.reached(model.predict_proba(shop.asked)[:, 1]), 2))"""


@choose_model.demands(FIRST, points=1, call=SHOW.format(shops="world.all"))
def _(results: Replies, world: Shops) -> str | None:
    same = all(np.ptp(results[shop].probability) == 0 for shop in world.all)
    return "In each shop it gives all customers the same probability." if same else None


def too_little(reached: float, kind: str, told: str) -> str | None:
    """That less was reached than is needed in this kind of shop, in words; None where it wasn't."""
    return None if reached >= NEEDED[kind] else (
        f"{told}: there the model reached {reached:.0%} of the way from an AUC of 0.5 to the best one possible, and "
        f"{NEEDED[kind]:.0%} is needed.")


@choose_model.demands("predicts where there are few rows", points=2,
                      call=SHOW.format(shops="world.few_rows"))
def _(results: Replies, world: Shops) -> str | None:
    found = [results[shop].reached for shop in world.few_rows]
    each = ", ".join(f"{reached:.0%}" for reached in found)
    return too_little(float(np.mean(found)), "few_rows", f"Four shops have {world.few_rows[0].brief['rows']} rows and "
                      f"{world.few_rows[0].brief['columns']} columns, and no more is known ({each}). On average")


@choose_model.demands("predicts where columns work together", points=2, call=SHOW.format(shops="[world.interactions]"))
def _(results: Replies, world: Shops) -> str | None:
    shop = world.interactions
    return too_little(results[shop].reached, "interactions", f"The shop of the brief {shop.brief} has columns that "
                      "speak for an order or against it, depending on another column")


@choose_model.demands("predicts where holes say something", points=2, call=SHOW.format(shops="[world.holes]"))
def _(results: Replies, world: Shops) -> str | None:
    shop = world.holes
    return too_little(results[shop].reached, "holes", f"In the shop of the brief {shop.brief} what is missing says "
                      "more than any value")


@choose_model.demands(READABLE, points=2, call="""\
from dataml_lab.checks.models.choose_model import size
model = choose_model(world.by_hand.brief)
model.fit(world.by_hand.X, world.by_hand.y)
print(size(world.by_hand.asked, model.predict_proba(world.by_hand.asked)[:, 1]))""")
def _(results: Replies, world: Shops) -> str | None:
    found = results[world.by_hand].size
    return None if found.readable else (
        f"In the shop of the brief {world.by_hand.brief} people work out the prediction on paper. By what it says for "
        f"{len(world.by_hand.asked):,} customers the model is this long: {found}. At most {LEAVES} different "
        f"predictions, by a tree, are needed, or a weighted sum of at most {WEIGHTS} columns.")


@choose_model.demands("predicts where it is applied by hand", points=1, after=READABLE,
                      call=SHOW.format(shops="[world.by_hand]"))
def _(results: Replies, world: Shops) -> str | None:
    shop = world.by_hand
    return too_little(results[shop].reached, "by_hand", f"In the shop of the brief {shop.brief} the model can be "
                      "applied by hand")
