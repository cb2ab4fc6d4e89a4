"""When to retrain: policies run over the same days, and compared by what they cost.

Each morning a policy is asked whether to retrain, and knows the losses of the days whose labels have come. A model
learns from the last days whose labels have come, and then predicts.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

Predict = Callable[[Any], np.ndarray]
Fit = Callable[[list[Any], list[np.ndarray]], Predict]


class Known(NamedTuple):
    """What a policy knows on the morning of a day: the day's number, the `age` of the model in days, and the mean
    `losses` of its days whose labels have come, the oldest first."""

    day: int
    age: int
    losses: list[float]


Policy = Callable[[Known], bool]


def never(known: Known) -> bool:
    """Keeps the first model."""
    return False


def every(days: int) -> Policy:
    """Retrains whenever the model is so many days old."""
    return lambda known: known.age >= days


def on_days(days: Sequence[int]) -> Policy:
    """Retrains on these days, such as those on which a monitor of the features has an alarm."""
    chosen = frozenset(days)
    return lambda known: known.day in chosen


def on_loss(times: float, days: int = 3, first: int = 7) -> Policy:
    """Retrains once the mean loss of the model's last days is so many times that of its first days."""
    def policy(known: Known) -> bool:
        enough = len(known.losses) >= first + days
        return enough and np.mean(known.losses[-days:]) > times * np.mean(known.losses[:first])

    return policy


class Days(NamedTuple):
    """What happens day by day: the `inputs` of each day, their `targets`, and the loss of predictions.

    `loss` is a function of target and prediction that returns an array; `fit` one of lists of inputs and of targets, a
    day each, that returns a function that predicts. A model learns from `window` days. Labels come `delay` days late:
    on the morning of day d those of the days up to d − 1 − delay are known.
    """

    inputs: Sequence[Any]
    targets: Sequence[np.ndarray]
    fit: Fit
    loss: Callable[[np.ndarray, np.ndarray], np.ndarray]
    window: int = 28
    delay: int = 0

    @property
    def first(self) -> int:
        """The first day on which a model can be trained."""
        return self.window + self.delay

    def model(self, day: int) -> Predict:
        """The model trained on the morning of a day."""
        learned = slice(day - self.delay - self.window, day - self.delay)
        return self.fit(list(self.inputs[learned]), list(self.targets[learned]))


def run(policy: Policy, days: Days, model: Callable[[int], Predict] | None = None) -> pd.DataFrame:
    """A row for each day from the first on which a model can be trained: the `loss` of its rows together, the `mean` of
    a row, whether the policy `retrained`, and the `age` of the model in days. The first training is nobody's choice.
    ValueError if there are too few days."""
    model, trained, rows = model or days.model, days.first, []
    if len(days.targets) <= days.first:
        raise ValueError(f"there are {len(days.targets)} days, and a model can be trained after {days.first}")
    predict = model(trained)
    for day in range(days.first, len(days.targets)):
        losses = [mean for made, _, mean, _, _ in rows if trained <= made < day - days.delay]
        retrained = bool(policy(Known(day, day - trained, losses)))
        if retrained:
            trained, predict = day, model(day)
        lost = days.loss(days.targets[day], predict(days.inputs[day]))
        rows.append((day, lost.sum(), lost.mean(), retrained, day - trained))
    return pd.DataFrame(rows, columns=["day", "loss", "mean", "retrained", "age"]).set_index("day")


def compared(policies: Mapping[str, Policy], days: Days, cost: float) -> pd.DataFrame:
    """A row for each policy, the cheapest first: the `loss` of its predictions, how often it `retrained`, and the
    `total`, with the cost of a training, in the unit of the loss."""
    model = cache(days.model)
    runs = {name: run(policy, days, model) for name, policy in policies.items()}
    found = pd.DataFrame({"loss": {name: one["loss"].sum() for name, one in runs.items()},
                          "retrained": {name: int(one["retrained"].sum()) for name, one in runs.items()}})
    return found.assign(total=found["loss"] + cost * found["retrained"]).sort_values("total", kind="stable")
