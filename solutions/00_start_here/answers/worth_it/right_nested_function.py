"""The worth of a year by a function inside of the answer."""

from math import sqrt


def worth_it(brief):
    cases, gain, loss = brief["cases_per_year"], brief["gain"], brief["loss"]

    def year(share, cost):
        return cases * share * gain - cases * (1 - share) * loss - cost

    n, best = brief["labels"], brief["model_best"]
    share = 0.5 if n <= 100 else best - (best - 0.5) * sqrt(100 / n)

    values = {"nothing": 0, "model": year(share, brief["model_cost"])}
    if brief["rule_right"] is not None:
        values["rule"] = year(brief["rule_right"], brief["rule_cost"])
    return max(values, key=values.get)
