"""Returns the rule as soon as it pays, without comparing it to the model.

fails: expects little of a model with few labels; asks how many cases there are; asks how good rule and model are; weighs what rule and model cost
"""

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
    if values.get("rule", 0) > 0:
        return "rule"
    return max(values, key=values.get)
