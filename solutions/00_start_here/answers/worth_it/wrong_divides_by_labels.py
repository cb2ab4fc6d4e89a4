"""Divides by the number of labels where there are none.

fails: expects little of a model with few labels
says: ZeroDivisionError
"""

def learned(brief):
    best = brief["model_best"]
    return max(best - (best - 0.5) * (100 / brief["labels"]) ** 0.5, 0.5)


def year(brief, name, right):
    each = right * brief["gain"] - (1 - right) * brief["loss"]
    return brief["cases_per_year"] * each - brief[name + "_cost"]


def worth_it(brief):
    worths = {"nothing": 0, "model": year(brief, "model", learned(brief))}
    if brief["rule_right"] is not None:
        worths["rule"] = year(brief, "rule", brief["rule_right"])
    return max(worths, key=worths.get)
