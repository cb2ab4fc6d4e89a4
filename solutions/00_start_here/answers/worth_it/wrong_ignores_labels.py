"""Expects of a model what it would reach with labels without end.

fails: expects little of a model with few labels
says: labels a model learns
"""

def year(brief, name, right):
    each = right * brief["gain"] - (1 - right) * brief["loss"]
    return brief["cases_per_year"] * each - brief[name + "_cost"]


def worth_it(brief):
    worths = {"nothing": 0, "model": year(brief, "model", brief["model_best"])}
    if brief["rule_right"] is not None:
        worths["rule"] = year(brief, "rule", brief["rule_right"])
    return max(worths, key=worths.get)
