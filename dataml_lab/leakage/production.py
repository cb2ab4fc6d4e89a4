"""Claim beside production: what was said of a model before it was deployed, and what it brings in the next quarter."""

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dataml_lab.evaluation.classification import auc, precision_at

CLAIM, PRODUCTION = "C1", "C0"  # colours of the figure


class Claim(NamedTuple):
    """A metric of a model as it was claimed, and as it turned out in production; where an action follows from the
    scores, also the EUR that were expected of it, and those that it brought."""

    model: str
    claimed: float
    production: float
    expected: float = math.nan
    brought: float = math.nan

    @property
    def gap(self) -> float:
        """By how much the claim is higher than production.

        >>> Claim("with the reason", claimed=1.0, production=0.625).gap
        0.375
        """
        return self.claimed - self.production

    @property
    def missed(self) -> float:
        """EUR that were expected and didn't come."""
        return self.expected - self.brought


class Campaign(NamedTuple):
    """An offer to the share of customers with the highest scores. Each offer costs `cost` EUR; made to a customer who
    would leave, it is worth `worth` EUR on average, before its cost."""

    share: float = 0.1
    cost: float = 5.0
    worth: float = 30.0

    def profit(self, leaves: ArrayLike, score: ArrayLike) -> float:
        """EUR that the offers bring per 1,000 customers: share · 1,000 · (worth · precision at k − cost), with k the
        number of customers who get one, at least 1.

        >>> Campaign(share=0.4).profit([1, 0, 0, 1, 0], [0.9, 0.8, 0.3, 0.2, 0.1])  # one of the two would leave
        4000.0
        """
        k = max(1, round(self.share * len(score)))
        return 1_000 * self.share * (self.worth * precision_at(leaves, score, k) - self.cost)


def deployed(name: str, model: Any, held_out: tuple[pd.DataFrame, ArrayLike], quarter: tuple[pd.DataFrame, ArrayLike],
             campaign: Campaign | None = None, metric: Callable[[ArrayLike, ArrayLike], float] = auc) -> Claim:
    """The claim about a fitted classifier, from rows held out, beside what it reaches on the rows of the next quarter.

    Both are columns X and labels 0 or 1. `metric` takes labels and scores, which are the probabilities of a 1."""
    scored = [(truth, model.predict_proba(X)[:, 1]) for X, truth in (held_out, quarter)]
    values = [metric(*pair) for pair in scored]
    return Claim(name, *values, *(campaign.profit(*pair) for pair in scored)) if campaign else Claim(name, *values)


def deployed_by_folds(name: str, model: Any, known: tuple[pd.DataFrame, ArrayLike],
                      quarter: tuple[pd.DataFrame, ArrayLike], campaign: Campaign | None = None) -> Claim:
    """The claim about a classifier, the mean over five stratified folds of the known rows, beside what the model of all
    of them reaches in the next quarter. Both are columns X and labels 0 or 1; the metric is the AUC."""
    from sklearn.model_selection import StratifiedKFold

    x, truth = known[0], np.asarray(known[1])
    folds = [deployed(name, model.fit(x.iloc[fitted], truth[fitted]), (x.iloc[held], truth[held]), quarter, campaign)
             for fitted, held in StratifiedKFold(5).split(x, truth)]
    found = deployed(name, model.fit(x, truth), known, quarter, campaign)
    return found._replace(claimed=float(np.mean([fold.claimed for fold in folds])),
                          expected=float(np.mean([fold.expected for fold in folds])))


def claims_table(claims: Iterable[Claim]) -> pd.DataFrame:
    """A row for each claim, with its gap; and with EUR expected, brought and missed where they are known."""
    rows = list(claims)
    table = pd.DataFrame({"claimed": [row.claimed for row in rows], "production": [row.production for row in rows],
                          "gap": [row.gap for row in rows], "EUR expected": [row.expected for row in rows],
                          "EUR brought": [row.brought for row in rows], "EUR missed": [row.missed for row in rows]},
                         pd.Index([row.model for row in rows], name="model"))
    return table.dropna(axis="columns", how="all")


def draw_claims(claims: Iterable[Claim], title: str, metric: str = "AUC", chance: float | None = 0.5,
                best: float | None = None) -> Any:
    """Draws a row for each claim, the first on top: a diamond where it was claimed, a dot where production is, with a
    line between them and both numbers. `chance` and `best` are the metric of guessing and the best one possible, drawn
    as dotted lines unless None. Returns the axes."""
    import matplotlib.pyplot as plt

    rows = list(claims)
    _, axes = plt.subplots(figsize=(8, 1.6 + 0.5 * len(rows)))
    values = [value for row in rows for value in (row.claimed, row.production)] + [
        value for value in (chance, best) if value is not None]
    room = 0.12 * (max(values) - min(values))
    for place, row in enumerate(rows):
        _draw_claim(axes, place, row, room / 6)
    for value, text in ((chance, "guessing"), (best, "best possible")):
        if value is not None:
            axes.axvline(value, color="0.4", linestyle=":", zorder=0)
            axes.text(value, len(rows) - 0.5, text, color="0.4", ha="center", va="top", backgroundcolor="white")
    left, right = sorted((rows[0].claimed, rows[0].production))
    for value, text, colour in ((rows[0].claimed, "claimed", CLAIM), (rows[0].production, "in production", PRODUCTION)):
        side = "center" if right - left > 2 * room else "right" if value == left else "left"
        axes.text(value, -0.34, text, color=colour, ha=side, va="bottom", bbox={"color": "white", "pad": 0.5})
    axes.set_yticks(range(len(rows)), [row.model for row in rows])
    axes.grid(False)
    axes.set(xlabel=metric, xlim=(min(values) - room, max(values) + room), ylim=(len(rows) + 0.05, -0.85), title=title)
    return axes


def _draw_claim(axes: Any, place: int, row: Claim, room: float) -> None:
    """A row of the figure: both marks, the line between them, and their numbers outside (one if they are equal)."""
    axes.plot([row.claimed, row.production], [place, place], color="0.75", zorder=1)
    axes.plot(row.claimed, place, "D", color=CLAIM, markersize=8)
    axes.plot(row.production, place, "o", color=PRODUCTION, markersize=9)
    if f"{row.claimed:.2f}" == f"{row.production:.2f}":
        axes.text(max(row[1:3]) + room, place, f"{row.claimed:.2f} both", va="center", ha="left",
                  bbox={"color": "white", "pad": 0.5})
        return
    claim_right = row.claimed >= row.production
    for value, colour, right in ((row.claimed, CLAIM, claim_right), (row.production, PRODUCTION, not claim_right)):
        axes.text(value + (room if right else -room), place, f"{value:.2f}", color=colour, va="center",
                  ha="left" if right else "right", bbox={"color": "white", "pad": 0.5})
