"""Ages one by one: a thousand moments between two runs, and the share of them at which an answer is young enough."""

import numpy as np


def share_answered(scenario, rows, between):
    ages = rows * 0.001 + between * (np.arange(1000) + 0.5) / 1000
    return (1 - scenario["unknown"]) * np.mean(ages <= scenario["fresh_s"])


def serving_pattern(scenario):
    instances = 2
    while instances * 0.6 * 1000 < scenario["peak_per_s"] * scenario["answer_ms"]:
        instances += 1
    changed = scenario["changes_per_day"]
    paid = np.array([instances * 12, 0.2 + scenario["keys"] / 100_000, 96 * 0.2 + changed / 100_000])
    answered = np.array([
        scenario["answer_ms"] <= scenario["allowed_ms"],
        share_answered(scenario, scenario["keys"], 86_400),
        share_answered(scenario, changed / 96, 900),
    ])
    total = paid + scenario["requests_per_day"] * scenario["worth"] * (1 - answered)
    return ("online", "batch", "precomputed")[int(total.argmin())]
