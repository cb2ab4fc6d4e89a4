"""Takes models to be free.

fails: asks how many cases there are; weighs what rule and model cost
says: is shared by
"""

def learned(brief):
    labels, best = brief["labels"], brief["model_best"]
    return best - (best - 0.5) * (100 / labels) ** 0.5 if labels > 100 else 0.5


def year(brief, name, right):
    each = right * brief["gain"] - (1 - right) * brief["loss"]
    return brief["cases_per_year"] * each - (brief["rule_cost"] if name == "rule" else 0)


def worth_it(brief):
    worths = {"nothing": 0, "model": year(brief, "model", learned(brief))}
    if brief["rule_right"] is not None:
        worths["rule"] = year(brief, "rule", brief["rule_right"])
    return max(worths, key=worths.get)
