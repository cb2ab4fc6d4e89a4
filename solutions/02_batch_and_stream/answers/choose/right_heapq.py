"""Pairs of bill and choice on a heap, with the mean wait as a function."""

import heapq
import math


def choose(brief):
    v = brief["events_per_day"] * brief["worth"]
    tau = brief["half_life_s"] / math.log(2)
    heap = [(brief["stream_day"] + brief["events_per_day"] * 20e-6 + brief["reruns_per_day"] * 40
             - v * math.expm1(-2 / tau), 0)]
    for s in (60, 300, 900, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600):
        lost = v - v * tau / s * -math.expm1(-s / tau)
        heapq.heappush(heap, (brief["run_cost"] * 86400 / s + brief["events_per_day"] * 2e-6
                              + brief["reruns_per_day"] * 2 + lost, s))
    return heap[0][1]
