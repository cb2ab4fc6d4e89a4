"""Takes a wrong decision to cost what a right one brings.

fails: weighs what a mistake costs; does nothing where nothing pays; copes where no rule is known
says: Each wrong decision costs
"""

def learned(brief):
    labels, best = brief["labels"], brief["model_best"]
    return best - (best - 0.5) * (100 / labels) ** 0.5 if labels > 100 else 0.5


def year(brief, name, right):
    each = right * brief["gain"] - (1 - right) * brief["gain"]
    return brief["cases_per_year"] * each - brief[name + "_cost"]


def worth_it(brief):
    worths = {"nothing": 0, "model": year(brief, "model", learned(brief))}
    if brief["rule_right"] is not None:
        worths["rule"] = year(brief, "rule", brief["rule_right"])
    return max(worths, key=worths.get)
