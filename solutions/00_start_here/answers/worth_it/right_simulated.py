"""Draws the cases of many years, one choice after the other."""

import random


def learned(brief):
    if brief["labels"] <= 100:
        return 0.5
    return brief["model_best"] - (brief["model_best"] - 0.5) * (100 / brief["labels"]) ** 0.5


def sampled(brief, right, cost):
    drawn = random.Random(7)
    each = [brief["gain"] if drawn.random() < right else -brief["loss"] for _ in range(40_000)]
    return brief["cases_per_year"] * sum(each) / len(each) - cost


def worth_it(brief):
    found = [(0.0, "nothing"), (sampled(brief, learned(brief), brief["model_cost"]), "model")]
    if brief["rule_right"] is not None:
        found.append((sampled(brief, brief["rule_right"], brief["rule_cost"]), "rule"))
    return max(found)[1]
