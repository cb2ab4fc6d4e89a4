"""Partly right: leaves out what it costs to compute the history again.

exercise: choose
deserves: 8
"""

from math import expm1, log


def choose(brief):
    """Seconds between two runs, 0 for a stream: whatever makes the bill of a day small."""
    def bill(every):
        rate = log(2) / brief["half_life_s"]
        kept = -expm1(-rate * every) / (rate * every) if every else 0.5 ** (2 / brief["half_life_s"])
        lost = brief["events_per_day"] * brief["worth"] * (1 - kept)
        if every == 0:
            return brief["stream_day"] + brief["events_per_day"] * 2e-5 + lost
        return 86400 / every * brief["run_cost"] + brief["events_per_day"] * 2e-6 + lost
    return min((0, 60, 300, 900, 3600, 21600, 86400, 604800), key=bill)
