"""Rows in the order of their couriers, whom the shape of an array deals to four folds."""

import numpy as np
from sklearn.tree import DecisionTreeRegressor


def best_depth(deliveries, depths):
    train = deliveries[deliveries.part == "train"].sort_values("courier", kind="stable")
    X, y = train.iloc[:, :5].to_numpy(float), train.minutes.to_numpy()
    fold = np.arange(len(y)) // 16 % 4
    depths = np.sort(depths)
    errors = np.empty((4, len(depths)))
    for number in range(4):
        known, asked = fold != number, fold == number
        for place, depth in enumerate(depths):
            tree = DecisionTreeRegressor(max_depth=int(depth), random_state=0).fit(X[known], y[known])
            errors[number, place] = np.square(y[asked] - tree.predict(X[asked])).mean()
    mean, error = errors.mean(axis=0), errors.std(axis=0, ddof=1) / np.sqrt(4)
    return int(depths[mean <= mean.min() + error[mean.argmin()]][0])
