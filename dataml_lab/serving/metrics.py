"""What is counted of an endpoint, in the text format of Prometheus."""

import os
from collections.abc import Sequence
from itertools import pairwise

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SHARED = "PROMETHEUS_MULTIPROC_DIR"  # the folder where several workers count together, before anything is counted
LATENCIES = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)  # seconds
SCORES = tuple(round(0.05 * step, 2) for step in range(1, 21))


class Metrics:
    """Answers by status, their latency, and the distribution of scores, for each version of a model.

    Parameters
    ----------
    scores : upper bounds of the groups in which scores are counted, in ascending order

    >>> metrics = Metrics()
    >>> metrics.answered("3", 200, seconds=0.004, score=0.93)
    >>> print(*[line for line in metrics.text().splitlines() if 'le="0.95"' in line])
    model_score_bucket{le="0.95",version="3"} 1.0
    """

    def __init__(self, scores: Sequence[float] = SCORES) -> None:
        if any(low >= high for low, high in pairwise(scores)):
            raise ValueError(f"the bounds of scores have to ascend, and {list(scores)} don't")
        self._registry = CollectorRegistry()
        self._answers = Counter("model_answers", "Answers to requests for a score", ["version", "status"],
                                registry=self._registry)
        self._latency = Histogram("model_latency_seconds", "From the request's last byte to the answer", ["version"],
                                  buckets=LATENCIES, registry=self._registry)
        self._scores = Histogram("model_score", "Scores that were answered", ["version"], buckets=scores,
                                 registry=self._registry)
        self._swaps = Counter("model_swaps", "Models that took over, or could not", ["version", "outcome"],
                              registry=self._registry)

    def answered(self, version: str, status: int, seconds: float, score: float | None = None) -> None:
        """Counts an answer, with its score if it has one."""
        self._answers.labels(version, status).inc()
        self._latency.labels(version).observe(seconds)
        if score is not None:
            self._scores.labels(version).observe(score)

    def swapped(self, version: str, outcome: str) -> None:
        """Counts a model that took over, or an attempt that failed."""
        self._swaps.labels(version, outcome).inc()

    def text(self) -> str:
        """All counts, those of other workers too where they count together."""
        registry = self._registry
        if SHARED in os.environ:
            MultiProcessCollector(registry := CollectorRegistry())
        return generate_latest(registry).decode()
