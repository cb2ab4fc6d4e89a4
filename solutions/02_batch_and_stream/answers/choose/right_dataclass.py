"""A dataclass for a brief with one method for each row of the bill."""

from dataclasses import dataclass
from math import exp, log


@dataclass(frozen=True)
class Case:
    what: str
    events_per_day: float
    worth: float
    half_life_s: float
    reruns_per_day: float
    run_cost: float
    stream_day: float

    def running(self, s):
        return self.run_cost * 86400 / s if s else self.stream_day

    def handling(self, s):
        return self.events_per_day * (0.000002 if s else 0.00002)

    def again(self, s):
        return self.reruns_per_day * (2 if s else 40)

    def lost(self, s):
        rate = log(2) / self.half_life_s
        kept = (1 - exp(-rate * s)) / (rate * s) if s else exp(-2 * rate)
        return self.events_per_day * self.worth * (1 - kept)

    def bill(self, s):
        return self.running(s) + self.handling(s) + self.again(s) + self.lost(s)


def choose(brief):
    case = Case(**brief)
    return sorted([0, 60, 300, 900, 3600, 21600, 86400, 604800], key=case.bill)[0]
