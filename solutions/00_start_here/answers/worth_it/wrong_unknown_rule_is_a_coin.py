"""Takes a rule that nobody knows to be right half of the time.

fails: copes where no rule is known
says: no rule to choose
"""

def learned(brief):
    labels, best = brief["labels"], brief["model_best"]
    return best - (best - 0.5) * (100 / labels) ** 0.5 if labels > 100 else 0.5


def year(brief, name, right):
    each = right * brief["gain"] - (1 - right) * brief["loss"]
    return brief["cases_per_year"] * each - brief[name + "_cost"]


def worth_it(brief):
    known = 0.5 if brief["rule_right"] is None else brief["rule_right"]
    worths = {"nothing": 0, "model": year(brief, "model", learned(brief)), "rule": year(brief, "rule", known)}
    return max(worths, key=worths.get)
