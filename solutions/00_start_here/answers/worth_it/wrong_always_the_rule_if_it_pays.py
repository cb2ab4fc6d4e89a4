"""Takes the rule whenever it pays, however much more a model would bring.

fails: weighs what a mistake costs; expects little of a model with few labels; asks how many cases there are; asks how good rule and model are; weighs what rule and model cost
"""

def learned(brief):
    labels, best = brief["labels"], brief["model_best"]
    return best - (best - 0.5) * (100 / labels) ** 0.5 if labels > 100 else 0.5


def year(brief, name, right):
    each = right * brief["gain"] - (1 - right) * brief["loss"]
    return brief["cases_per_year"] * each - brief[name + "_cost"]


def worth_it(brief):
    if brief["rule_right"] is not None and year(brief, "rule", brief["rule_right"]) > 0:
        return "rule"
    worths = {"nothing": 0, "model": year(brief, "model", learned(brief))}
    if brief["rule_right"] is not None:
        worths["rule"] = year(brief, "rule", brief["rule_right"])
    return max(worths, key=worths.get)
