"""Partly right: takes a model to be as good as with unlimited labels.

exercise: worth_it
deserves: 7
"""

def worth_it(brief):
    """What is worth most in a year: "rule", "model" or "nothing"."""
    worths = {"nothing": 0.0}
    for choice, right in (("rule", brief["rule_right"]), ("model", brief["model_best"])):
        if right is not None:
            each = right * brief["gain"] - (1 - right) * brief["loss"]
            worths[choice] = brief["cases_per_year"] * each - brief[choice + "_cost"]
    return max(worths, key=worths.get)
