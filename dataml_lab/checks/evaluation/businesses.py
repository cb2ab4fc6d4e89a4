"""Businesses for exercise `metric_for`: problems, each with systems to choose between, and what each of these earns.

A contest has two systems. What they say of a sample is what metrics see; what they earn comes from a simulated business
in which they are used on other cases. The systems are planned so that each metric which doesn't fit prefers the poorer
system in one contest at least. Problems of one use have the same kinds of systems: only a fact of the bill differs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.evaluation import classification, ranking, regression

Problem = dict[str, Any]

CASES, FRAUDS, DAYS = 3_000, 30, 20  # a day
QUERIES = 400
STAYS = 0.8  # the chance that a customer reads on after a result


class Metric(NamedTuple):
    """A metric: the kinds of problems that it can be computed for, its value for a truth and what a system said of it
    (`k` is how far people look), and whether more is better."""

    uses: tuple[str, ...]
    value: Callable[[Any, Any, int], float]
    more_is_better: bool = True


METRICS = {
    "accuracy": Metric(("sort", "queue", "bid"), lambda truth, said, k: classification.accuracy(truth, decided(said))),
    "macro F1": Metric(("sort", "queue", "bid"), lambda truth, said, k: classification.macro_f1(truth, decided(said))),
    "AUC": Metric(("queue", "bid"), lambda truth, said, k: classification.auc(truth, said)),
    "average precision": Metric(("queue", "bid"), lambda truth, said, k: classification.average_precision(truth, said)),
    "precision at k": Metric(("queue",), classification.precision_at),
    "Brier score": Metric(("queue", "bid"), lambda truth, said, k: float(np.mean((said - truth) ** 2)), False),
    "MAE": Metric(("stock",), lambda truth, said, k: regression.mae(truth, said), False),
    "RMSE": Metric(("stock",), lambda truth, said, k: regression.rmse(truth, said), False),
    "R2": Metric(("stock",), lambda truth, said, k: regression.r2(truth, said)),
    "MAPE": Metric(("stock",), lambda truth, said, k: regression.mape(truth, said), False),
    "MRR": Metric(("results",), lambda truth, said, k: float(ranking.reciprocal_rank(said).mean())),
    "MAP": Metric(("results",), lambda truth, said, k: float(ranking.average_precision(said).mean())),
    "NDCG": Metric(("results",), lambda truth, said, k: float(ranking.ndcg(said).mean())),
}


def decided(said: np.ndarray) -> np.ndarray:
    """Classes; of scores, 1 from 0.5 on."""
    return (said >= 0.5) * 1 if said.dtype.kind == "f" else said


@dataclass(frozen=True, eq=False)
class Contest:
    """Two systems: the truth of a sample, what each says of it, and what each earned (EUR)."""

    use: str
    k: int
    truth: Any
    said: tuple[np.ndarray, np.ndarray]
    earned: tuple[float, float]

    @property
    def better(self) -> int:
        """The system that earned more, 0 or 1."""
        return int(self.earned[1] > self.earned[0])

    def values(self, metric: str) -> tuple[float, float]:
        """The metric of each system on the sample."""
        return tuple(METRICS[metric].value(self.truth, said, self.k) for said in self.said)

    def chosen(self, metric: str) -> int | None:
        """The system that a metric prefers; None where both have the same."""
        first, second = self.values(metric)
        if abs(first - second) < 1e-9:
            return None
        return int((second > first) == METRICS[metric].more_is_better)

    def measured(self) -> pd.DataFrame:
        """The metrics that can be computed, and the EUR earned, of both systems."""
        rows = {name: self.values(name) for name, metric in METRICS.items() if self.use in metric.uses}
        return pd.DataFrame(rows | {"EUR earned": self.earned}, index=["system 0", "system 1"]).T


@dataclass(frozen=True, eq=False)
class Business:
    """A problem, and the contests in which a metric must choose the better system."""

    problem: Problem
    contests: tuple[Contest, ...]


@dataclass(frozen=True)
class Businesses:
    """The businesses by use, those of one use differ in a fact each."""

    sort: tuple[Business, ...]
    queue: tuple[Business, ...]
    bid: tuple[Business, ...]
    stock: tuple[Business, ...]
    results: tuple[Business, ...]
    seed: int

    @property
    def all(self) -> list[Business]:
        """Every business."""
        return [*self.sort, *self.queue, *self.bid, *self.stock, *self.results]


def businesses(seed: int) -> Businesses:
    """The businesses of a seed."""
    random = np.random.default_rng(seed)
    return Businesses(*(tuple(made(random)) for made in (sort, queue, bid, stock, results)), seed)


# tickets go to the team of their class


def sort(random: np.random.Generator) -> Iterator[Business]:
    """Tickets of three classes. One system says the largest class in doubt, the other one treats all classes alike."""
    names = [str(name) for name in random.permutation(["delivery", "refund", "account", "product", "invoice"])[:3]]
    share = np.array([0.8, 0.15, 0.05])
    careful = np.array([[0.98, 0.01, 0.01], [0.6, 0.4, 0.0], [0.9, 0.0, 0.1]])
    even = np.array([[0.76, 0.13, 0.11], [0.1, 0.85, 0.05], [0.08, 0.07, 0.85]])
    sample, live = (random.choice(3, 4_000, p=share) for _ in range(2))
    each = float(random.choice([3, 6, 9, 12]))
    for costs in (np.full(3, each), each * 0.8 / share / 4):
        costs = costs.round(2)
        contest = [(labelled(random, sample, system), -costs[live[labelled(random, live, system) != live]].sum())
                   for system in (careful, even)]
        said, earned = zip(*contest, strict=True)
        problem = {"use": "sort", "share": dict(zip(names, share.tolist(), strict=True)),
                   "cost": dict(zip(names, costs.tolist(), strict=True))}
        yield Business(problem, (Contest("sort", 0, sample, said, tuple(map(float, earned))),))


def labelled(random: np.random.Generator, truth: np.ndarray, system: np.ndarray) -> np.ndarray:
    """The class that a system says of each row: `system` has the chances of each, by the true class."""
    return (random.random(len(truth))[:, None] > system.cumsum(axis=1)[truth]).sum(axis=1).clip(max=2)


# people look at cases, from the highest score down


def queue(random: np.random.Generator) -> Iterator[Business]:
    """Cases of which 1% are fraud. How far people look says whether the top of the list counts, or all of it."""
    k, each = int(random.integers(36, 45)), float(random.integers(20, 60))
    for looked_at in ((k, k), (0, CASES)):
        problem = {"use": "queue", "cases": CASES, "fraud": FRAUDS / CASES, "looked_at": looked_at, "saved": each}
        pairs = [(half_found, shifted)] + [(few_first, more_after)] * (looked_at[0] == k)
        yield Business(problem, tuple(listed(random, k, looked_at, each, pair) for pair in pairs))


def listed(random: np.random.Generator, k: int, looked_at: tuple[int, int], each: float, pair: tuple) -> Contest:
    """The contest of two systems that put cases in an order."""
    days = [random.permutation(np.repeat([1, 0], [FRAUDS, CASES - FRAUDS])) for _ in range(DAYS + 1)]
    far = random.integers(looked_at[0], looked_at[1] + 1, DAYS)
    said, earned = [], []
    for system in pair:
        scores = [ranked_scores(random, truth, system) for truth in days]
        found = [truth[np.argsort(-score)][:seen].sum() for truth, score, seen in zip(days, scores, far, strict=False)]
        said.append(scores[-1])
        earned.append(each * float(np.sum(found)))
    return Contest("queue", k, days[-1], tuple(said), tuple(earned))


def ranked_scores(random: np.random.Generator, truth: np.ndarray, system: Callable) -> np.ndarray:
    """Scores, all different, in the order that a system gives the rows: above 0.5 for those that it takes for sure,
    below 0.1 for the others."""
    raw = random.normal(size=len(truth))
    system(raw, np.flatnonzero(truth), np.flatnonzero(truth == 0))
    place = (np.argsort(np.argsort(raw)) + 0.5) / len(raw)
    return np.where(raw > SURE / 2, place, place / 10)


SURE = 20  # is added to a score


def half_found(raw: np.ndarray, frauds: np.ndarray, others: np.ndarray) -> None:
    """Knows two thirds of the frauds for sure, and takes the rest for the best of customers."""
    raw[frauds[:20]] += SURE
    raw[frauds[20:]] -= 1.5


def shifted(raw: np.ndarray, frauds: np.ndarray, others: np.ndarray) -> None:
    """Finds each fraud a little suspicious."""
    raw[frauds] += 1.7


def few_first(raw: np.ndarray, frauds: np.ndarray, others: np.ndarray) -> None:
    """Puts half of the frauds at the very top, and knows nothing of the rest."""
    raw[frauds[:15]] += SURE


def more_after(raw: np.ndarray, frauds: np.ndarray, others: np.ndarray) -> None:
    """Puts two thirds of the frauds near the top, after fifteen cases that are none."""
    raw[others[:15]] += 2 * SURE
    raw[frauds[:20]] += SURE


# a probability is a price


def bid(random: np.random.Generator) -> Iterator[Business]:
    """Visitors, for each of whom the shop bids in an auction. One system knows probabilities, the other one orders the
    visitors better and exaggerates."""
    worth = float(random.integers(20, 60))
    sample, live = (random.normal(-1.5, 1.2, CASES * 2) for _ in range(2))
    truth, ordered = ((random.random(CASES * 2) < sigmoid(log_odds)) * 1 for log_odds in (sample, live))
    rival = random.random(CASES * 2) * worth
    said, earned = [], []
    for noise, factor, shift in ((0.7, 0.75, -0.35), (0.1, 4.0, 0.0)):
        probability = [sigmoid(factor * (log_odds + random.normal(0, noise, len(log_odds))) + shift)
                       for log_odds in (sample, live)]
        won = probability[1] * worth > rival
        said.append(probability[0])
        earned.append(float((worth * ordered[won] - rival[won]).sum()))
    yield Business({"use": "bid", "worth": worth}, (Contest("bid", 0, truth, tuple(said), tuple(earned)),))


def sigmoid(log_odds: np.ndarray) -> np.ndarray:
    """Probabilities from log-odds."""
    return 1 / (1 + np.exp(-log_odds))


# a number is ordered


def stock(random: np.random.Generator) -> Iterator[Business]:
    """Articles that sell 10 to 1,000 pieces. A bill grows with the error, with its square, or with its share of the
    truth; the systems err rarely and much, always a little, by a share, or by a number of pieces."""
    pairs, rate = ((rarely, always), (by_share, by_pieces)), float(random.choice([0.5, 1.0, 2.0]))
    drawn = [[(truth := 10 * 100 ** random.random(CASES), tuple(system(random, truth) for system in pair))
              for _ in range(2)] for pair in pairs]
    size, off = int(random.integers(5, 20)) * 10, int(random.integers(1, 4)) * 5
    for bill in (lambda truth, said: rate * np.abs(truth - said),
                 lambda truth, said: rate * (truth - said) ** 2 / off,
                 lambda truth, said: rate * np.abs(truth - said) * size / truth):
        bills = [(truth, truth + error, float(bill(truth, truth + error)))
                 for truth, error in ((size, off), (size, 2 * off), (2 * size, 2 * off))]
        yield Business({"use": "stock", "bills": bills}, tuple(
            Contest("stock", 0, *sample, tuple(-float(bill(live, said).sum()) for said in systems))
            for sample, (live, systems) in drawn))


def signs(random: np.random.Generator, rows: int) -> np.ndarray:
    """1 and -1, by chance."""
    return random.choice([-1, 1], rows)


def rarely(random: np.random.Generator, truth: np.ndarray) -> np.ndarray:
    """Off by 4 pieces, and in 3 of 100 articles by 150."""
    return truth + signs(random, len(truth)) * np.where(random.random(len(truth)) < 0.03, 150, 4)


def always(random: np.random.Generator, truth: np.ndarray) -> np.ndarray:
    """Off by 14 pieces."""
    return truth + signs(random, len(truth)) * 14


def by_share(random: np.random.Generator, truth: np.ndarray) -> np.ndarray:
    """Off by 12%."""
    return truth * (1 + 0.12 * signs(random, len(truth)))


def by_pieces(random: np.random.Generator, truth: np.ndarray) -> np.ndarray:
    """Off by 18 pieces."""
    return truth + signs(random, len(truth)) * 18


# results are read from the top


def results(random: np.random.Generator) -> Iterator[Business]:
    """Ten results for each query. Customers stop at the first that fits or read on; what fits is worth the same, or
    more by its grade."""
    each = float(random.integers(1, 5))
    equal, graded = {0: 0.0, 1: each, 2: each, 3: each}, {0: 0.0, 1: each, 2: 2 * each, 3: 8 * each}
    for stops, worth, pairs in ((True, equal, ((one_first, five_after),)),
                                (False, equal, ((one_first, five_after), (best_first, best_late))),
                                (False, graded, ((one_first, five_after), (best_first, best_late)))):
        yield Business({"use": "results", "stops": stops, "worth": worth},
                       tuple(shown(random, stops, worth, pair) for pair in pairs))


# the grades of a list of results, from the first place on
one_first, five_after = (1, 0, 0, 0, 0, 0, 1, 1, 1, 1), (0, 1, 1, 1, 1, 1, 0, 0, 0, 0)
best_first, best_late = (3, 0, 0, 0, 0, 0, 1, 1, 1, 0), (1, 1, 1, 0, 0, 0, 0, 3, 0, 0)


def shown(random: np.random.Generator, stops: bool, worth: dict[int, float], pair: tuple) -> Contest:
    """The contest of two systems that list results in these orders; both list every eighth in no order."""
    said, earned, mixed = [], [], random.random(2 * QUERIES) < 1 / 8
    for grades in pair:
        lists = np.tile(np.array(grades), (2 * QUERIES, 1))
        lists[mixed] = random.permuted(lists[mixed], axis=1)
        said.append(lists[:QUERIES])
        earned.append(float(paid(random, lists[QUERIES:], stops, worth)))
    return Contest("results", 0, None, tuple(said), tuple(earned))


def paid(random: np.random.Generator, lists: np.ndarray, stops: bool, worth: dict[int, float]) -> float:
    """What customers pay who read these lists from the top, and leave after a result by chance or since it fits."""
    stays = random.random(lists.shape) < STAYS
    stays &= ~(stops & (lists > 0))
    read = np.column_stack([np.ones(len(lists), bool), stays.cumprod(axis=1)[:, :-1] > 0])
    return (np.array([worth[grade] for grade in range(4)])[lists] * read).sum()
