"""Adds up by score, from the highest down, with pandas."""

import pandas as pd


def pick_threshold(y, score, cost_miss, cost_alarm, one_in, most):
    table = pd.DataFrame({"score": score, "fraud": y, "alarm": (1 - y) * one_in})
    sums = table.groupby("score").sum().sort_index(ascending=False).cumsum()
    sums.loc[score.max() + 1] = 0
    cost = (y.sum() - sums["fraud"]) * cost_miss + sums["alarm"] * cost_alarm
    allowed = sums["fraud"] + sums["alarm"] <= most
    return cost[allowed].idxmin()
