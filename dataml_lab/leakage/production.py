"""Claim beside production: what was said of a model before it was deployed, and what it brings in the next quarter."""

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

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


def deployed(name: str, model: Any, known: tuple[ArrayLike, ArrayLike], quarter: tuple[ArrayLike, ArrayLike],
             cv: Any = 5, groups: ArrayLike | None = None, campaign: Campaign | None = None) -> Claim:
    """The claim about a classifier, the mean AUC over folds of the known rows, beside the AUC of the next quarter's
    rows by the model that is fitted to all known ones; with a campaign also its EUR, expected and brought.

    Both are columns and labels 0 or 1. `cv` and `groups` are those of scikit-learn's `cross_validate`."""
    from sklearn.base import clone
    from sklearn.metrics import make_scorer
    from sklearn.model_selection import cross_validate

    scorers = {"auc": "roc_auc"}
    if campaign:
        scorers["profit"] = make_scorer(campaign.profit, response_method="predict_proba")
    folds = cross_validate(model, *known, groups=groups, cv=cv, scoring=scorers)
    asked, came = quarter
    score = clone(model).fit(*known).predict_proba(asked)[:, 1]
    euros = (folds["test_profit"].mean(), campaign.profit(came, score)) if campaign else ()
    return Claim(name, *map(float, (folds["test_auc"].mean(), auc(came, score), *euros)))


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
    axes.locator_params(axis="x", steps=[1, 2, 5, 10])
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
