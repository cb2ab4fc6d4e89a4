"""A function for each pattern, and min over them."""

import math


def online(s):
    busy = s["peak_per_s"] * s["answer_ms"] / 1000
    ready = max(2, math.ceil(busy / 0.6))
    answered = 1.0 if s["answer_ms"] <= s["allowed_ms"] else 0.0
    return 12 * ready + lost(s, answered)


def stored(s, runs, rows):
    takes = rows / runs * 0.001
    fresh = (s["fresh_s"] - takes) / (86400 / runs)
    known = 1 - s["unknown"]
    return 0.2 * runs + 0.00001 * rows + lost(s, known * min(1, max(0, fresh)))


def lost(s, answered):
    return s["requests_per_day"] * s["worth"] * (1 - answered)


def serving_pattern(scenario):
    bills = {
        "online": online(scenario),
        "batch": stored(scenario, 1, scenario["keys"]),
        "precomputed": stored(scenario, 96, scenario["changes_per_day"]),
    }
    return min(bills, key=bills.get)
