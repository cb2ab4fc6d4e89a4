"""Asks what share of cases must be right to pay, then how much better the model is."""

import math


def worth_it(brief):
    stake = brief["cases_per_year"] * (brief["gain"] + brief["loss"])
    floor = brief["loss"] / (brief["gain"] + brief["loss"])
    doubt = math.sqrt(100 / brief["labels"]) if brief["labels"] > 100 else 1
    model = (1 - doubt) * brief["model_best"] + doubt / 2 - brief["model_cost"] / stake
    rule = -1 if brief["rule_right"] is None else brief["rule_right"] - brief["rule_cost"] / stake
    if max(rule, model) < floor:
        return "nothing"
    return "rule" if rule > model else "model"
