"""Four folds of couriers, and the rule on a table of means and standard errors."""

import pandas as pd
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.tree import DecisionTreeRegressor


def best_depth(deliveries, depths):
    train = deliveries[deliveries["part"] == "train"]
    X = train.drop(columns=["minutes", "courier", "part"])
    errors = {}
    for depth in depths:
        tree = DecisionTreeRegressor(max_depth=depth, random_state=0)
        errors[depth] = -cross_val_score(tree, X, train["minutes"], groups=train["courier"], cv=GroupKFold(4),
                                         scoring="neg_mean_squared_error")
    errors = pd.DataFrame(errors)
    mean, standard_error = errors.mean(), errors.std(ddof=1) / len(errors) ** 0.5
    limit = mean.min() + standard_error[mean.idxmin()]
    return int(mean.index[mean <= limit].min())
