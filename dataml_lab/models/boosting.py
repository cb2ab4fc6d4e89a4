"""Gradient boosting for squared loss, in a dozen lines."""

from collections.abc import Iterator
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils.validation import check_is_fitted, validate_data


class Boosting(RegressorMixin, BaseEstimator):
    """Gradient boosting for squared loss: each tree is fitted to what the trees before it leave over.

    The prediction starts at the mean of y. In each round a tree is fitted to the residuals, which are y minus the
    prediction so far, and `rate` times its prediction is added.

    Parameters
    ----------
    rounds : the number of trees
    rate : the share of a tree's prediction that is added
    max_depth : of each tree

    Attributes
    ----------
    start_ : the mean of y
    trees_ : the fitted trees, one for each round

    >>> boosting = Boosting(rounds=2, rate=0.5, max_depth=1).fit([[1], [2], [3], [4]], [10, 10, 30, 30])
    >>> [stage.tolist() for stage in boosting.staged_predict([[1], [4]])]
    [[20.0, 20.0], [15.0, 25.0], [12.5, 27.5]]
    """

    def __init__(self, rounds: int = 100, rate: float = 0.1, max_depth: int = 3) -> None:
        self.rounds = rounds
        self.rate = rate
        self.max_depth = max_depth

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fits one tree for each round."""
        X, y = validate_data(self, X, y, y_numeric=True)
        self.start_, self.trees_ = float(np.mean(y)), []
        predicted = np.full(len(y), self.start_)
        for _ in range(self.rounds):
            tree = DecisionTreeRegressor(max_depth=self.max_depth, random_state=0).fit(X, y - predicted)
            predicted += self.rate * tree.predict(X)
            self.trees_.append(tree)
        return self

    def staged_predict(self, X: ArrayLike) -> Iterator[np.ndarray]:
        """The prediction at the start, and after each round."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False)
        predicted = np.full(len(X), self.start_)
        yield predicted.copy()
        for tree in self.trees_:
            predicted += self.rate * tree.predict(X)
            yield predicted.copy()

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The prediction after the last round."""
        *_, last = self.staged_predict(X)
        return last
