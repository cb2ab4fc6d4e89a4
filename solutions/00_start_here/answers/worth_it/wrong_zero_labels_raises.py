"""Divides by the labels before clamping, so 0 labels raise ZeroDivisionError.

fails: expects little of a model with few labels
"""

from math import sqrt


def worth_it(brief):
    cases, gain, loss = brief["cases_per_year"], brief["gain"], brief["loss"]

    def year(share, cost):
        return cases * share * gain - cases * (1 - share) * loss - cost

    n, best = brief["labels"], brief["model_best"]
    share = max(0.5, best - (best - 0.5) * sqrt(100 / n))

    values = {"nothing": 0, "model": year(share, brief["model_cost"])}
    if brief["rule_right"] is not None:
        values["rule"] = year(brief["rule_right"], brief["rule_cost"])
    return max(values, key=values.get)
