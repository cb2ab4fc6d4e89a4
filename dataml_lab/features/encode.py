"""Techniques that learn from training data what serving must not learn anew: the categories, the usual ratio."""

from collections import Counter
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, check_non_negative, validate_data

OTHER, MISSING = "other", "missing"


class Categories(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """One column per category that training knew, one for any other, one for a missing value: whatever is served.

    In each row and each column of the input exactly one of them is 1, the others 0 (float64). scikit-learn's
    OneHotEncoder has a column for what is missing or rare only when training had such rows; this one always has both.

    Parameters
    ----------
    min_count : a category that fewer rows of the training data have is one of the others

    Attributes
    ----------
    categories_ : for each column the categories that have a column of their own, sorted

    The columns are called `category=books`, `category=other` and `category=missing`. A category that is really called
    "other" keeps a column of its own, in quotes: `category='other'`; so does one that would be called like another.

    >>> known = pd.DataFrame({"category": ["books", "toys", None, "books"]})
    >>> encoder = Categories().set_output(transform="pandas").fit(known)
    >>> encoder.transform(pd.DataFrame({"category": ["toys", "garden"]}))
       category=books  category=toys  category=other  category=missing
    0             0.0            1.0             0.0               0.0
    1             0.0            0.0             1.0               0.0
    """

    def __init__(self, min_count: int = 1) -> None:
        self.min_count = min_count

    def fit(self, X: ArrayLike, y: object = None) -> Self:  # noqa: N803
        """Learns which categories there are; ValueError where two columns would have the same name."""
        self.categories_ = [self._kept(values) for values in self._columns(X, reset=True)]
        names = self.get_feature_names_out().tolist()
        if len(set(names)) < len(names):
            name, _ = Counter(names).most_common(1)[0]
            raise ValueError(f"two columns would be called {name!r}: rename a column of the input")
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:  # noqa: N803
        """An array of rows × the columns of get_feature_names_out()."""
        check_is_fitted(self)
        blocks = []
        for values, kept in zip(self._columns(X, reset=False), self.categories_, strict=True):
            number = pd.Index(kept, dtype=object).get_indexer(values)  # -1 where it is none of these
            number = np.where(pd.isna(values), len(kept) + 1, np.where(number < 0, len(kept), number))
            blocks.append(np.eye(len(kept) + 2)[number])
        return np.hstack(blocks)

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> np.ndarray:
        """The names of the columns, as an array of objects."""
        pairs = zip(super().get_feature_names_out(input_features), self.categories_, strict=True)
        return np.array([f"{name}={label}" for name, kept in pairs for label in labels(kept)], dtype=object)

    def _kept(self, values: pd.Index) -> list:
        """The categories with rows enough: numbers before texts, each in order."""
        counts = Counter(values[~pd.isna(values)].tolist())
        enough = [value for value, count in counts.items() if count >= self.min_count]
        return sorted(enough, key=lambda value: (isinstance(value, str), value))

    def _columns(self, X: ArrayLike, reset: bool) -> list[pd.Index]:  # noqa: N803
        """The columns of the input, checked, each as objects: a frame's one by one, as their types differ."""
        checked = validate_data(
            self, X, dtype=None, ensure_all_finite="allow-nan", ensure_min_samples=int(reset), reset=reset
        )
        frame = X if isinstance(X, pd.DataFrame) else pd.DataFrame(checked)
        return [pd.Index(frame.iloc[:, column].tolist(), dtype=object) for column in range(frame.shape[1])]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        return tags


def labels(kept: list) -> list[str]:
    """What categories and the two further columns are called, no two alike.

    >>> labels(["books", "other", 1, "1"])
    ['books', "'other'", '1', "'1'", 'other', 'missing']
    """
    plain = Counter([*map(str, kept), OTHER, MISSING])
    quoted = [repr(value) if plain[str(value)] > 1 or str(value)[:1] in "'\"" else str(value) for value in kept]
    return [*quoted, OTHER, MISSING]


class ShrunkRatio(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Ratios that believe few observations little: each is drawn towards the ratio of all the training data.

    (numerator + strength × prior) / (denominator + strength): 0 of 0 is the prior, 3 of 3 is far from 100 %, 300 of
    300 is close to it. The last column of the input is the denominator of all the others: of returns, refunds and
    orders come the returns per order and the refunds per order. Numbers are from 0 on. Where the numerator or the
    denominator is missing nothing is known: the ratio is the prior, and training passes over the row.

    Parameters
    ----------
    strength : the denominator at which a row's own ratio and the prior count the same, above 0

    Attributes
    ----------
    prior_ : for each numerator its sum in the training data per the sum of the denominators

    >>> train = pd.DataFrame({"returns": [2, 0, 8], "orders": [20, 30, 50]})
    >>> rates = ShrunkRatio(strength=10).set_output(transform="pandas").fit(train)
    >>> rates.transform(pd.DataFrame({"returns": [0, 3, 300], "orders": [0, 3, 300]})).round(2)
       returns_per_orders
    0                0.10
    1                0.31
    2                0.97
    """

    def __init__(self, strength: float = 10.0) -> None:
        self.strength = strength

    def fit(self, X: ArrayLike, y: object = None) -> Self:  # noqa: N803
        """Learns the prior; ValueError where the denominators add up to nothing, or there is none."""
        if not self.strength > 0:
            raise ValueError(f"strength={self.strength!r}, where a number above 0 is needed")
        numerators, denominator = self._parts(X, reset=True)
        below = np.where(np.isnan(numerators), 0, denominator).sum(axis=0)
        if not below.all():
            rows = f"the training data (n_samples={len(numerators)})"
            raise ValueError(f"the denominators add up to 0 in {rows}: there is nothing to learn from")
        self.prior_ = np.nansum(numerators, axis=0) / below
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:  # noqa: N803
        """An array of rows × numerators, float64."""
        check_is_fitted(self)
        numerators, denominator = self._parts(X, reset=False)
        shrunk = (numerators + self.strength * self.prior_) / (denominator + self.strength)
        return np.where(np.isnan(numerators), self.prior_, shrunk)

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> np.ndarray:
        """The names `numerator_per_denominator`, as an array of objects."""
        *above, below = super().get_feature_names_out(input_features)
        return np.array([f"{name}_per_{below}" for name in above], dtype=object)

    def _parts(self, X: ArrayLike, reset: bool) -> tuple[np.ndarray, np.ndarray]:  # noqa: N803
        """The numerators and, as one column, the denominator, checked; both NaN where either is missing."""
        checked = validate_data(
            self,
            X,
            dtype="float64",
            ensure_all_finite="allow-nan",
            ensure_min_features=2 if reset else 1,  # later it is the number of training
            ensure_min_samples=int(reset),
            reset=reset,
        )
        check_non_negative(np.nan_to_num(checked), type(self).__name__)  # it would not see beyond a NaN
        numerators, denominator = checked[:, :-1], checked[:, -1:]
        return np.where(np.isnan(denominator), np.nan, numerators), denominator

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        tags.input_tags.allow_nan = True
        return tags
