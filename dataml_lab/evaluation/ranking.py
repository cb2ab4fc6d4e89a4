"""Metrics of ranking: of a list of documents in the order in which they are shown.

A ranking is the relevance of its documents, from the first place on: 0 is not relevant, more is better. Several
rankings are the rows of an array. Each metric is a number for a ranking, and for an array a number for each row; the
mean over queries of the average precision is MAP, that of the reciprocal rank MRR. A document that is not relevant
changes nothing at the end, so that shorter rankings are padded with 0 (`padded`), and an empty one is a row of zeros.

Where nothing is relevant, or nothing is shown, each metric is 0, as in scikit-learn and in trec_eval with -c; without,
queries for which nothing is shown are left out of its means. A missing or negative relevance is a ValueError that names
the row.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from dataml_lab.evaluation.columns import known, share


def ranked(relevance: ArrayLike, score: ArrayLike) -> np.ndarray:
    """The relevance in the order of the scores, the highest first. Documents of one score stay in the order in which
    they come, which flatters where these are sorted by relevance. trec_eval puts the larger name first: sort by name,
    descending, for its values. scikit-learn's NDCG takes the mean over the orders of a tie.

    >>> ranked([0, 1, 2], [0.3, 0.9, 0.3])
    array([1, 0, 2])
    """
    relevance, score = known("relevance", relevance), known("score", score)
    if relevance.shape != score.shape:
        raise ValueError(f"relevance has the shape {relevance.shape} and score {score.shape}.")
    return np.take_along_axis(relevance, np.argsort(-score.astype(float), axis=-1, kind="stable"), axis=-1)


def padded(rankings: Sequence[Sequence[float]]) -> np.ndarray:
    """An array with a row for each ranking, padded with 0 to the longest.

    >>> padded([[0, 1], [], [2, 0, 1]])
    array([[0., 1., 0.],
           [0., 0., 0.],
           [2., 0., 1.]])
    """
    found = np.zeros((len(rankings), max(map(len, rankings), default=0)))
    for row, ranking in zip(found, rankings, strict=True):
        row[:len(ranking)] = ranking
    return found


def dcg(gains: ArrayLike, k: int | None = None) -> float | np.ndarray:
    """The discounted cumulative gain of the first k places, or all: the sum of gain / log2(place + 1). Source: Järvelin
    and Kekäläinen, Cumulated gain-based evaluation of IR techniques, ACM TOIS 20 (2002), with trec_eval's discount.

    >>> float(dcg([3, 0, 1]))
    3.5
    """
    gains = _relevance("gains", gains)[..., :k]
    return gains @ (1 / np.log2(np.arange(2, gains.shape[-1] + 2)))


def ndcg(gains: ArrayLike, judged: ArrayLike | None = None, k: int | None = None) -> float | np.ndarray:
    """DCG divided by that of the best order of the documents judged for the query, which are those shown unless given;
    both to place k. The gain is the relevance itself (linear), as in trec_eval and scikit-learn. With gains of
    2 ** relevance - 1 it is the exponential one: Burges et al., Learning to rank using gradient descent, ICML 2005.

    >>> float(ndcg([3, 0, 1]).round(3)), float(ndcg([1, 0], judged=[1, 1, 0, 0]).round(3))
    (0.964, 0.613)
    """
    best = -np.sort(-_relevance("judged", gains if judged is None else judged), axis=-1)
    return share(dcg(gains, k), dcg(best, k))


def average_precision(relevance: ArrayLike, relevant: ArrayLike | None = None) -> float | np.ndarray:
    """The precision at the place of each relevant document that is shown, summed, divided by the number of all relevant
    documents of the query: `relevant`, or those shown unless given. What is relevant and not shown counts as precision
    0. Relevant is what has a relevance above 0. ValueError where more are shown than there are. Source: Buckley and
    Voorhees, Evaluating evaluation measure stability, SIGIR 2000, and trec_eval's `map`.

    >>> float(average_precision([1, 0, 1]).round(3)), float(average_precision([1, 0, 1], relevant=4).round(3))
    (0.833, 0.417)
    """
    hit = _relevance("relevance", relevance) > 0
    shown = hit.sum(axis=-1)
    total = shown if relevant is None else known("relevant", relevant)
    if np.any(total < shown):
        row = int(np.argmax(total < shown))
        raise ValueError(f"Row {row} shows {np.ravel(shown)[row]} relevant documents, more than relevant says.")
    precision = hit.cumsum(axis=-1) / _places(hit)
    return share((precision * hit).sum(axis=-1), total)


def reciprocal_rank(relevance: ArrayLike) -> float | np.ndarray:
    """1 divided by the place of the first relevant document; 0 where none is shown. Source: Voorhees, The TREC-8
    question answering track report (1999), and trec_eval's `recip_rank`.

    >>> reciprocal_rank([[0, 0, 1], [2, 1, 0], [0, 0, 0]]).round(2)
    array([0.33, 1.  , 0.  ])
    """
    hit = _relevance("relevance", relevance) > 0
    return (hit / _places(hit)).max(axis=-1, initial=0)


def precision_at(relevance: ArrayLike, k: int) -> float | np.ndarray:
    """The relevant documents in the first k places, divided by k, even where fewer are shown. Source: trec_eval's `P`.

    >>> float(precision_at([1, 0, 1], k=5))
    0.4
    """
    return (_relevance("relevance", relevance)[..., :k] > 0).sum(axis=-1) / k


def _places(shown: np.ndarray) -> np.ndarray:
    """1, 2, 3 and so on, one for each place."""
    return np.arange(1, shown.shape[-1] + 1)


def _relevance(name: str, values: ArrayLike) -> np.ndarray:
    """Relevance as an array; ValueError that names the first row in which it is missing or negative."""
    found = known(name, values)
    if found.size and found.min() < 0:
        row = int((found < 0).reshape(len(found), -1).any(axis=1).argmax())
        raise ValueError(f"{name} is negative in row {row}, where 0 is not relevant and more is better.")
    return found
