"""Compares single decisions, and forgets what is paid for a year.

fails: asks how many cases there are; weighs what rule and model cost
"""

def learned(brief):
    labels, best = brief["labels"], brief["model_best"]
    return best - (best - 0.5) * (100 / labels) ** 0.5 if labels > 100 else 0.5


def year(brief, name, right):
    each = right * brief["gain"] - (1 - right) * brief["loss"]
    return brief["cases_per_year"] * each - 0


def worth_it(brief):
    worths = {"nothing": 0, "model": year(brief, "model", learned(brief))}
    if brief["rule_right"] is not None:
        worths["rule"] = year(brief, "rule", brief["rule_right"])
    return max(worths, key=worths.get)
