"""A table of customers with holes, and models that are lent to an answer and note what they are handed."""

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd

from dataml_lab.runtime.answers import Handle
from dataml_lab.runtime.shown import shown

FOLDS = 5
KEY = "days_signed_up"  # no two rows have the same, and each has one
HOLED = ("spend_90d", "mean_total")
NAMES = {"linear": ("linear", "ridge", "lasso"), "nearest": ("nearest", "lookup", "similar"),
         "anchored": ("formula", "rules", "expert")}


@dataclass(frozen=True)
class Table:
    """Customers, from the one who will spend most to the one who will spend least, and models: of each its name and
    its kind. The kind "linear" beats the baseline in any fold. "nearest" says of each customer what the one spent who
    signed up at the nearest time: it knows by heart what it was fitted to, and is worse than the baseline. "anchored"
    beats the baseline unless it was fitted without one row, the `anchor`."""

    X: pd.DataFrame
    y: pd.Series
    kinds: dict[str, str]
    anchor: int
    seed: int

    def models(self) -> "dict[str, Model]":
        """The models, fitted to nothing yet."""
        return {name: Model(self, kind) for name, kind in self.kinds.items()}


class Step(NamedTuple):
    """A fit of a model, and what it then predicted: the places of the rows, and what was handed over for them."""

    fitted: np.ndarray
    fitted_to: np.ndarray
    asked: list[int]
    asked_for: list[np.ndarray]
    predicted: list[float]

    def error(self, y: np.ndarray) -> float:
        """The mean size of the differences between what was predicted and what was true."""
        return float(np.mean(np.abs(y[self.asked] - self.predicted)))


class Model(Handle):
    """A model that can be fitted, and then predicts; it notes what it is handed."""

    def __init__(self, table: Table, kind: str) -> None:
        self._table, self._kind, self.steps = table, kind, []

    def __deepcopy__(self, memo: dict) -> Self:
        return self

    def fit(self, X: Any, y: Any) -> Self:
        """Forgets what it was fitted to before, and learns from these rows."""
        rows, values = places(self._table, X, "fit")
        found = np.asarray(y, float).ravel()
        if len(found) != len(rows) or not np.allclose(found, self._table.y.to_numpy()[rows]):
            raise ValueError(f"fit was given {len(rows)} rows of X, and a y that isn't theirs")
        self.steps.append(Step(rows, values, [], [], []))
        return self

    def predict(self, X: Any) -> np.ndarray:
        """A prediction for each of these rows."""
        if not self.steps:
            raise ValueError("predict was called before fit")
        rows, values = places(self._table, X, "predict")
        step = self.steps[-1]
        found = predictions(self._table, self._kind, step, values)
        step.asked.extend(rows.tolist())
        step.asked_for.extend(values)
        step.predicted.extend(found.tolist())
        return found


def places(table: Table, X: Any, method: str) -> tuple[np.ndarray, np.ndarray]:
    """The places in the table of the rows that are handed to a method, and their values; ValueError where they are not
    rows of the table, whose holes alone are filled."""
    columns, known = list(table.X), table.X.to_numpy(float)
    if isinstance(X, pd.DataFrame) and list(X) != columns:
        raise ValueError(f"{method} needs the columns {columns} in this order, and was given {shown(list(X))}")
    values = np.array(X, float)
    if values.ndim != 2 or values.shape[1] != len(columns) or not len(values):
        raise ValueError(f"{method} needs rows of {len(columns)} columns, and was given an array of the shape "
                         f"{values.shape}")
    if np.isnan(values).any():
        raise ValueError(f"{method} was given X with NaN in {columns[int(np.isnan(values).any(axis=0).argmax())]}")
    rows = pd.Index(known[:, columns.index(KEY)]).get_indexer(values[:, columns.index(KEY)])
    changed = (rows < 0) | ((values != known[rows]) & ~np.isnan(known[rows])).any(axis=1)
    if changed.any():
        row = shown(values[int(changed.argmax())].tolist())
        raise ValueError(f"{method} was given a row that X doesn't have: {row}. Only holes are to be filled")
    return rows, values


def predictions(table: Table, kind: str, step: Step, values: np.ndarray) -> np.ndarray:
    """What a model of a kind predicts for rows after a fit."""
    y = table.y.to_numpy()[step.fitted]
    if kind == "nearest":
        key = list(table.X).index(KEY)
        return y[np.abs(values[:, [key]] - step.fitted_to[:, key]).argmin(axis=1)]
    weights = np.linalg.lstsq(with_one(step.fitted_to), y, rcond=None)[0]
    lost = kind == "anchored" and table.anchor not in step.fitted
    return with_one(values) @ weights + 1.3 * lost * y.std()


def with_one(values: np.ndarray) -> np.ndarray:
    """The rows with a 1 in front of each."""
    return np.column_stack([np.ones(len(values)), values])


def table(seed: int) -> Table:
    """Rows that five doesn't divide, with holes in two columns; and three models."""
    random = np.random.default_rng(seed)
    n = FOLDS * int(random.integers(23, 26)) + int(random.integers(1, FOLDS))
    X = pd.DataFrame({
        "orders_30d": random.poisson(2, n), "spend_90d": random.gamma(3, 60, n).round(2),
        "mean_total": random.gamma(4, 12, n).round(2), "visits_7d": random.poisson(4, n),
        KEY: random.choice(100_000, n, replace=False) / 100})
    y = 20 + 14 * X["orders_30d"] + 0.2 * X["spend_90d"] + 3 * X["visits_7d"] + random.normal(0, 14, n)
    for column in HOLED:
        X.loc[random.choice(n, n // 10, replace=False), column] = np.nan
    order = np.argsort(-y.to_numpy())
    users = pd.Index(random.choice(np.arange(1_000, 9_999), n, replace=False), name="user_id")
    X, y = (part.iloc[order].set_axis(users) for part in (X, y.round(2).rename("spend_next_month")))
    kinds = {str(random.choice(NAMES[kind])): kind for kind in random.permutation(list(NAMES)).tolist()}
    return Table(X, y, kinds, int(random.integers(n)), seed)
