"""Ten folds dealt by hand, a loop over them, and the depths from the smallest up."""

import random
import statistics

from sklearn.tree import DecisionTreeRegressor

FEATURES = ["far", "rain", "rush_hour", "heavy", "courier_age"]


def best_depth(deliveries, depths):
    train = deliveries.query("part == 'train'")
    couriers = sorted(train["courier"].unique())
    random.Random(7).shuffle(couriers)
    folds = [set(couriers[number::10]) for number in range(10)]
    found = {depth: [] for depth in sorted(depths)}
    for fold in folds:
        out = train["courier"].isin(fold)
        for depth, errors in found.items():
            tree = DecisionTreeRegressor(max_depth=depth, random_state=1).fit(train.loc[~out, FEATURES],
                                                                              train.loc[~out, "minutes"])
            gap = train.loc[out, "minutes"] - tree.predict(train.loc[out, FEATURES])
            errors.append(float((gap ** 2).mean()))
    means = {depth: statistics.mean(errors) for depth, errors in found.items()}
    best = min(means, key=means.get)
    limit = means[best] + statistics.stdev(found[best]) / len(folds) ** 0.5
    return next(depth for depth in means if means[depth] <= limit)
