"""Metrics of ranking: trec_eval's values, scikit-learn's, and sums by hand."""

import numpy as np
import pytest
from sklearn.metrics import label_ranking_average_precision_score, ndcg_score

from dataml_lab.evaluation.ranking import average_precision, dcg, ndcg, padded, precision_at, ranked, reciprocal_rank

# By query: the documents judged, with their relevance; the documents shown, with their scores; and what trec_eval says
# of them, by way of pytrec-eval-terrier 0.5.11: map, recip_rank, ndcg, ndcg_cut_2, P_5.
TREC = {
    "graded": ({"a": 3, "b": 0, "c": 2, "d": 1, "e": 0}, {"a": .9, "b": .8, "c": .7, "d": .6, "e": .5},
               (0.8055555555555555, 1.0, 0.9304509197357168, 0.7039180890341347, 0.6)),
    "late": ({"a": 0, "b": 1, "c": 0, "d": 2}, {"a": .9, "c": .8, "b": .3, "d": .1},
             (0.41666666666666663, 0.3333333333333333, 0.5174418337467067, 0.0, 0.4)),
    "not all shown, not all judged": ({"a": 1, "b": 1, "z": 2}, {"b": .9, "x": .8, "y": .7, "a": .2},
                                      (0.5, 1.0, 0.4569494273838043, 0.38009376671593426, 0.4)),
    "nothing relevant": ({"a": 0, "b": 0}, {"a": .4, "b": .3}, (0.0, 0.0, 0.0, 0.0, 0.0)),
    "ties": ({"a": 1, "b": 0, "c": 2}, {"a": .5, "b": .5, "c": .5},
             (0.8333333333333333, 1.0, 0.9502344167898356, 0.7601875334318685, 0.4)),
}


@pytest.mark.parametrize("query", TREC)
def test_values_are_those_of_trec_eval(query):
    judged, run, values = TREC[query]
    names = sorted(run, reverse=True)  # of a tie, trec_eval shows the larger name first
    shown = ranked([judged.get(name, 0) for name in names], [run[name] for name in names])
    relevant = sum(relevance > 0 for relevance in judged.values())
    found = (average_precision(shown, relevant), reciprocal_rank(shown), ndcg(shown, list(judged.values())),
             ndcg(shown, list(judged.values()), k=2), precision_at(shown, 5))
    assert found == pytest.approx(values, abs=1e-12)


def drawn(seed):
    random = np.random.default_rng(seed)
    return random.integers(0, 4, (20, 9)) * (random.random((20, 9)) < 0.5), random.random((20, 9))


@pytest.mark.parametrize("seed", range(5))
def test_values_of_scikit_learn_where_it_has_them(seed):
    relevance, score = drawn(seed)
    shown = ranked(relevance, score)
    for k in (None, 1, 4, 30):
        assert ndcg(shown, k=k).mean() == pytest.approx(ndcg_score(relevance, score, k=k), abs=1e-12)
    some = (relevance > 0).any(axis=1)
    assert average_precision(shown[some]).mean() == pytest.approx(
        label_ranking_average_precision_score(relevance[some] > 0, score[some]), abs=1e-12)


@pytest.mark.parametrize("metric", [average_precision, reciprocal_rank, ndcg, dcg])
def test_a_table_of_rankings_is_one_after_the_other_and_zeros_at_the_end_change_nothing(metric):
    relevance, score = drawn(7)
    shown = ranked(relevance, score)
    assert metric(shown).tolist() == pytest.approx([metric(ranking) for ranking in shown])
    short = [[0, 1], [], [2, 0, 1]]
    assert metric(padded(short)).tolist() == pytest.approx([metric(ranking) for ranking in short])
    assert metric([]) == 0 == metric([0, 0, 0]) and metric(np.zeros((0, 3))).shape == (0,)


def test_sums_by_hand():
    assert dcg([3, 2, 0, 1]) == pytest.approx(3 + 2 / np.log2(3) + 1 / np.log2(5))
    exponential = 2 ** np.array([0, 2, 1]) - 1
    assert ndcg(exponential) == pytest.approx((3 / np.log2(3) + 1 / 2) / (3 + 1 / np.log2(3)))
    assert average_precision([0, 1, 1], relevant=4) == pytest.approx((1 / 2 + 2 / 3) / 4)
    assert average_precision([[1, 0], [0, 1]], relevant=[1, 2]).tolist() == [1, 0.25]
    assert average_precision([0, 0], relevant=3) == average_precision([], relevant=3) == 0
    assert ranked([0, 1, 2], [5, 5, 5]).tolist() == [0, 1, 2] and padded([]).shape == (0, 0)


def test_what_is_odd_is_refused_by_row():
    for metric in (average_precision, reciprocal_rank, ndcg):
        with pytest.raises(ValueError, match="is negative in row 1"):
            metric([[0, 1], [-1, 1]])
        with pytest.raises(ValueError, match="is missing in 1 of 2 rows, first in row 1"):
            metric([0, np.nan])
    with pytest.raises(ValueError, match="Row 1 shows 2 relevant documents, more than relevant says"):
        average_precision([[1, 0], [1, 1]], relevant=[1, 1])
    with pytest.raises(ValueError, match=r"relevance has the shape \(2,\) and score \(3,\)"):
        ranked([1, 0], [1, 2, 3])
    with pytest.raises(ValueError, match="score is missing"):
        ranked([1, 0], [np.nan, 2])
