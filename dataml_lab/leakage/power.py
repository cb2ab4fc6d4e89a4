"""How much columns know of a label: out of sample, from counts of levels, alone and all together.

The rows are dealt to four parts. A level's mean label in three of them is the guess for the rows of the fourth; what is
told is how good the guesses are. For classes it is the AUC of one class against the rest, averaged over the classes by
their rows; for a number R². Both are turned into an *error*, the share that is left to know: 2 (1 − AUC), or 1 − R²: 1
for a coin, 0 for who knows all.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dataml_lab.leakage.coded import Coded

CLASSES = 20  # a label of whole numbers with more values is taken as a number; of more classes the most frequent count
PARTS = 4
STRETCHES = 50  # of neighbouring rows, that models are fitted to
MODELLED, CELLS = 20_000, 4_000_000  # rows that models of several columns are fitted to, and cells of their inputs
PRIOR_ROWS = 5.0  # a level's mean is drawn towards that of all rows as by so many rows more


class Label:
    """A label as a matrix with a column for each class (one if there are two, or for a number), and its parts.

    `together` is an order of the rows in which those that may know of each other are neighbours; else they are taken
    to be in no order.
    """

    def __init__(self, column: pd.Series, together: np.ndarray | None = None) -> None:
        self.name, values = column.name, column.reset_index(drop=True)
        many = values.nunique() > (2 if pd.api.types.is_float_dtype(values) and (values % 1 != 0).any() else CLASSES)
        self.is_number = bool(pd.api.types.is_numeric_dtype(values) and values.dtype != bool and many)
        self.classes = [] if self.is_number else classes_of(values)
        shown = self.classes[:1] if len(self.classes) == 2 else self.classes
        columns = [values.to_numpy(float)] if self.is_number else [(values == one).to_numpy(float) for one in shown]
        self.matrix = np.column_stack(columns)
        self.mean = self.matrix.mean(axis=0)
        self.part = (np.random.default_rng(0).permutation(len(values)) % PARTS).astype("int8")
        self.modelled = np.arange(len(values))
        self.together = np.random.default_rng(1).permutation(len(values)) if together is None else together

    def model(self, most: int) -> None:
        """Let `modelled`, the places of the rows that models are fitted to, be at most so many.

        They are whole neighbourhoods: stretches of consecutive places in the order of `together`.
        """
        rows = len(self.part)
        if rows > most:
            starts = np.linspace(0, rows - most // STRETCHES, STRETCHES).astype(int)
            places = (starts[:, None] + np.arange(most // STRETCHES)).ravel()
            self.modelled = np.unique(self.together[places])

    def error(self, guess: np.ndarray, rows: np.ndarray) -> float:
        """The share of the label in these rows that guesses, a column for each of its own, leave to know."""
        truth = self.matrix[rows]
        if self.is_number:
            return float(min(1.0, ((truth - guess) ** 2).sum() / ((truth - truth.mean()) ** 2).sum()))
        aucs = [auc(truth[:, place], guess[:, place]) for place in range(truth.shape[1])]
        return float(min(1.0, 2 * (1 - np.average(aucs, weights=self.mean + 1e-12))))

    def told(self, error: float) -> str:
        """An error as the score that people know."""
        return f"R² {1 - error:.3f}" if self.is_number else f"AUC {1 - error / 2:.3f}"


def classes_of(values: pd.Series) -> list:
    """The classes, the most frequent first if there are more than two; of two first the one that sorts last."""
    counts = values.value_counts()
    if len(counts) < 2:
        raise ValueError(f"the label {values.name} has one value, {counts.index[0]}: nothing can be known of it")
    return sorted(counts.index, key=str, reverse=True) if len(counts) == 2 else list(counts.index[:CLASSES])


def auc(truth: np.ndarray, score: np.ndarray) -> float:
    """The probability that a row of the class scores above one of the rest, ties counted as a half; .5 if either
    is empty."""
    _, places = np.unique(score, return_inverse=True)
    return auc_of_counts(np.bincount(places, truth), np.bincount(places, 1 - truth))


def auc_of_counts(hits: np.ndarray, others: np.ndarray) -> float:
    """The AUC of levels in ascending order, from how many rows of the class and of the rest each has."""
    pairs = hits.sum() * others.sum()
    below = others.cumsum() - others / 2
    return float((hits * below).sum() / pairs) if pairs else 0.5


class Counts:
    """How many rows each level of a column has, and the sums of the label in them, for each part of the rows."""

    def __init__(self, column: Coded, label: Label) -> None:
        cell, cells = column.codes * PARTS + label.part, PARTS * column.size
        self.rows = np.bincount(cell, minlength=cells).reshape(-1, PARTS)
        sums = [np.bincount(cell, part, cells).reshape(-1, PARTS) for part in label.matrix.T]
        self.sums = np.stack(sums, axis=2)  # level, part, class

    def means(self, without: Sequence[int], prior: np.ndarray) -> np.ndarray:
        """The mean label of each level in all but some parts, drawn towards that of all rows."""
        used = [part for part in range(PARTS) if part not in without]
        rows, sums = self.rows[:, used].sum(axis=1), self.sums[:, used].sum(axis=1)
        return (sums + PRIOR_ROWS * prior) / (rows[:, None] + PRIOR_ROWS)


def error_alone(counts: Counts, label: Label) -> float:
    """What a column alone leaves to know of the label: the error of a level's mean in the other parts."""
    guesses = [counts.means([part], label.mean) for part in range(PARTS)]
    if label.is_number:
        squares = (label.matrix ** 2).sum()
        for part, guess in enumerate(guesses):
            squares += (guess[:, 0] ** 2 * counts.rows[:, part] - 2 * guess[:, 0] * counts.sums[:, part, 0]).sum()
        return float(min(1.0, squares / ((label.matrix - label.mean) ** 2).sum()))
    aucs = [auc_of_levels(guess[:, place], counts.sums[:, part, place], counts.rows[:, part])
            for part, guess in enumerate(guesses) for place in range(len(label.mean))]
    return float(min(1.0, 2 * (1 - np.average(aucs, weights=np.tile(label.mean + 1e-12, PARTS)))))


def auc_of_levels(guess: np.ndarray, hits: np.ndarray, rows: np.ndarray) -> float:
    """The AUC of guesses by level, from the rows of the class and all rows in each."""
    _, places = np.unique(guess, return_inverse=True)
    return auc_of_counts(np.bincount(places, hits), np.bincount(places, rows - hits))


class Together:
    """What several columns know together: a linear model of their levels' means (log-odds for classes), out of sample.

    To guess for a part, a model is fitted to the other three. A row's level has its mean from neither its own part nor
    the one that is guessed for: otherwise the weights would know the labels that they are tried on.
    """

    def __init__(self, coded: Sequence[Coded], counts: Sequence[Counts], label: Label) -> None:
        self.label, self.width = label, label.matrix.shape[1]
        most = max(MODELLED // 10, min(MODELLED, CELLS // (1 + len(coded) * self.width)))
        label.model(most)
        self.part, self.truth = label.part[label.modelled], label.matrix[label.modelled] - label.mean
        codes = [column.codes[label.modelled] for column in coded]
        self.models = [self.model(part, codes, counts) for part in range(PARTS)]

    def model(self, part: int, codes: Sequence[np.ndarray], counts: Sequence[Counts]) -> tuple[np.ndarray, ...]:
        """To guess for a part: the products of the inputs of the others, those with the label, and its own inputs."""
        columns = [self.inputs(part, of_rows, count) for of_rows, count in zip(codes, counts, strict=True)]
        inputs = np.concatenate([np.ones((len(self.part), 1)), *columns], axis=1)
        fitted, tried = inputs[self.part != part], inputs[self.part == part]
        return fitted.T @ fitted, fitted.T @ self.truth[self.part != part], tried

    def inputs(self, part: int, codes: np.ndarray, counts: Counts) -> np.ndarray:
        """For each modelled row and class the mean label of its level, as log-odds for classes."""
        both = np.stack([counts.means([part, own], self.label.mean) for own in range(PARTS)])
        found = both[self.part, codes]
        if self.label.is_number:
            return (found - self.label.mean) / max(self.label.matrix.std(), 1e-12)
        share = np.clip(found, 1e-4, 1 - 1e-4)
        return np.log(share / (1 - share)) - np.log(self.label.mean / (1 - self.label.mean))

    def guess(self, columns: Sequence[int]) -> np.ndarray:
        """The guesses for the modelled rows by the model of these columns, given by place: less the label's mean."""
        uses = np.concatenate([[0], *(1 + column * self.width + np.arange(self.width) for column in columns)])
        uses, found = uses.astype(int), np.empty(self.truth.shape)
        for part, (products, truth, tried) in enumerate(self.models):
            ridge = 1e-3 * np.diag(np.diag(products)[uses]) + 1e-6 * np.eye(len(uses))
            weights = np.linalg.solve(products[np.ix_(uses, uses)] + ridge, truth[uses])
            found[self.part == part] = tried[:, uses] @ weights
        return found

    def error(self, columns: Sequence[int]) -> float:
        """What these columns together leave to know."""
        return self.label.error(self.guess(columns) + self.label.mean, self.label.modelled)


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's correlation, 0 where one of them has no spread."""
    one, other = one - one.mean(), other - other.mean()
    spread = np.sqrt((one @ one) * (other @ other))
    return float(one @ other / spread) if spread else 0.0
