"""Takes a thousand labels to be enough, and fewer to be useless.

fails: expects little of a model with few labels
"""

def learned(brief):
    return brief["model_best"] if brief["labels"] >= 1_000 else 0.5


def year(brief, name, right):
    each = right * brief["gain"] - (1 - right) * brief["loss"]
    return brief["cases_per_year"] * each - brief[name + "_cost"]


def worth_it(brief):
    worths = {"nothing": 0, "model": year(brief, "model", learned(brief))}
    if brief["rule_right"] is not None:
        worths["rule"] = year(brief, "rule", brief["rule_right"])
    return max(worths, key=worths.get)
