"""No mistake: a class with properties, candidates as tuples, sorted."""

from dataclasses import dataclass


@dataclass
class Option:
    name: str
    share: float
    cost: float

    def value(self, b):
        right = b["cases_per_year"] * self.share
        return right * b["gain"] - (b["cases_per_year"] - right) * b["loss"] - self.cost


def learned(n, best):
    if n <= 100:
        return 0.5
    return best - (best - 0.5) * (100 / n) ** 0.5


def worth_it(brief):
    ranked = [(0.0, "nothing")]
    m = Option("model", learned(brief["labels"], brief["model_best"]), brief["model_cost"])
    ranked.append((m.value(brief), m.name))
    if brief["rule_right"] is not None:
        r = Option("rule", brief["rule_right"], brief["rule_cost"])
        ranked.append((r.value(brief), r.name))
    ranked.sort()
    return ranked[-1][1]
