"""No mistake in the choice, but it returns a str-Enum member, and counts an unknown rule as never right."""

from enum import StrEnum
from math import sqrt


class Choice(StrEnum):
    NOTHING = "nothing"
    RULE = "rule"
    MODEL = "model"


def worth_it(brief):
    b = dict(brief)
    rule = b["rule_right"] or 0
    model = b["model_best"] - (b["model_best"] - .5) * sqrt(100 / max(100, b["labels"]))
    val = lambda p, c: b["cases_per_year"] * (p * b["gain"] - (1 - p) * b["loss"]) - (c or 0)
    scored = [(0, Choice.NOTHING), (val(rule, b["rule_cost"]), Choice.RULE), (val(model, b["model_cost"]), Choice.MODEL)]
    return max(scored, key=lambda t: t[0])[1]
