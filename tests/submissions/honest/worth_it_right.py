"""The right answer, as the prompt computes it.

exercise: worth_it
deserves: 8
"""

from math import sqrt


def worth_it(brief):
    """What is worth most in a year: "rule", "model" or "nothing"."""
    def worth(right, cost):
        each = right * brief["gain"] - (1 - right) * brief["loss"]
        return brief["cases_per_year"] * each - cost

    best, labels = brief["model_best"], brief["labels"]
    learned = 0.5 if labels <= 100 else best - (best - 0.5) * sqrt(100 / labels)
    worths = {"nothing": 0, "model": worth(learned, brief["model_cost"])}
    if brief["rule_right"] is not None:
        worths["rule"] = worth(brief["rule_right"], brief["rule_cost"])
    return max(worths, key=worths.get)
