"""Slow and obvious references for lesson 00: what the worlds that judge its answers are compared with."""

import math
import random


def revenue(orders):
    """The sum (EUR) of completed orders, in whole cents, one order at a time."""
    cents = 0
    for order in orders:
        if order["status"] == "completed":
            cents += round(order["total"] * 100)
    return cents / 100


def worth_it(brief):
    """The choice that earns most when each case of some years is decided, one after the other, by the luck of a seed."""
    luck, earned = random.Random(1), {"nothing": 0.0}
    shares = {"rule": brief["rule_right"], "model": 0.5}
    if brief["labels"] > 100:
        shares["model"] = brief["model_best"] - (brief["model_best"] - 0.5) / math.sqrt(brief["labels"] / 100)
    cases = max(brief["cases_per_year"], 20_000)
    for name, share in shares.items():
        if share is not None:
            total = 0.0
            for _ in range(cases):
                total += brief["gain"] if luck.random() < share else -brief["loss"]
            earned[name] = total / cases * brief["cases_per_year"] - brief[name + "_cost"]
    return max(earned, key=earned.get)


ORACLES = {"revenue": revenue, "worth_it": worth_it}
