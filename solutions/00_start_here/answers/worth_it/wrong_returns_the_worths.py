"""Returns what each choice is worth, and leaves the choice to the reader.

fails: weighs what a mistake costs; expects little of a model with few labels; asks how many cases there are; asks how good rule and model are; weighs what rule and model cost; does nothing where nothing pays; copes where no rule is known
says: type list
"""

def learned(brief):
    labels, best = brief["labels"], brief["model_best"]
    return best - (best - 0.5) * (100 / labels) ** 0.5 if labels > 100 else 0.5


def year(brief, name, right):
    each = right * brief["gain"] - (1 - right) * brief["loss"]
    return brief["cases_per_year"] * each - brief[name + "_cost"]


def worth_it(brief):
    return [0, year(brief, "model", learned(brief)), year(brief, "rule", brief["rule_right"] or 0)]
