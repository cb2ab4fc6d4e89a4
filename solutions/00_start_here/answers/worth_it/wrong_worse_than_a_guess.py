"""Takes a model with a handful of labels to be worse than a guess.

fails: copes where no rule is known
says: the model learns to be right in 50%
"""

def learned(brief):
    labels, best = brief["labels"], brief["model_best"]
    return best - (best - 0.5) * (100 / max(labels, 1)) ** 0.5


def year(brief, name, right):
    each = right * brief["gain"] - (1 - right) * brief["loss"]
    return brief["cases_per_year"] * each - brief[name + "_cost"]


def worth_it(brief):
    worths = {"nothing": 0, "model": year(brief, "model", learned(brief))}
    if brief["rule_right"] is not None:
        worths["rule"] = year(brief, "rule", brief["rule_right"])
    return max(worths, key=worths.get)
