"""How long metrics take, against others: `python benchmarks/evaluation.py [--scores 10000000] [--queries 100000]`.

Of scores: AUC and average precision of 10⁷ rows of which one in a hundred is a 1, and of as many of which half are. The
scores are all different, or rounded to 10,000 values, so that there are ties.

Of rankings: NDCG, MAP and MRR of 10⁵ queries, each with 100 documents of different scores and a relevance from 0 to 3,
which is the gain. The scores are whole numbers: trec_eval keeps them in 32 bits, where close fractions become ties.
Each time includes the sort by score. scikit-learn's NDCG is asked to ignore ties, of which there are none; its MAP is
the label ranking average precision, and it has no MRR.

Each contender has a process of its own and its data in the form it likes best before the clock starts, for pytrec_eval
dicts; it answers in turn with the others. The answers must be equal to 1e-12: per query, or the mean where a library
gives no more. A ratio is one round's time by ours of that round; medians are printed, and on a terminal a line per
round. Memory is the process's peak during an answer less what it held before. Without pytrec-eval-terrier
(`pip install "dataml-lab[bench]"`) its rows are missing, and a line says so.
"""

import argparse
import importlib.util
import os
import tempfile
from pathlib import Path
from statistics import median

os.environ.update(OMP_WAIT_POLICY="PASSIVE")  # before anything that has threads is imported

import numpy as np
from contenders import Contender, raced, serve

DOCUMENTS, ROUNDS = 100, 3
TREC = {"NDCG": "ndcg", "MAP": "map", "MRR": "recip_rank"}
CASES = {"1 %": (0.01, False), "1 %, ties": (0.01, True), "half": (0.5, False), "half, ties": (0.5, True)}


def scored(case, rows):
    """Labels and scores of a case."""
    share, tied = CASES[case]
    random = np.random.default_rng(1)
    truth = random.random(rows) < share
    score = random.normal(truth, 1)
    return truth, score.round(3) if tied else score


def judged(queries):
    """The relevance of documents, of which each query has a relevant one, and their scores."""
    random = np.random.default_rng(2)
    relevance = random.integers(1, 4, (queries, DOCUMENTS)) * (random.random((queries, DOCUMENTS)) < 0.1)
    relevance[:, 0] = np.maximum(relevance[:, 0], 1)
    noisy = relevance + random.normal(0, 3, relevance.shape)
    return relevance, noisy.argsort(axis=1).argsort(axis=1).astype(float)


def ours(metric, case, count):
    """The lab's own."""
    from dataml_lab.evaluation import classification, ranking

    if metric in TREC:
        relevance, score = judged(count)
        functions = {"NDCG": ranking.ndcg, "MAP": ranking.average_precision, "MRR": ranking.reciprocal_rank}
        return lambda: functions[metric](ranking.ranked(relevance, score))
    truth, score = scored(case, count)
    function = classification.auc if metric == "AUC" else classification.average_precision
    return lambda: [function(truth, score)]


def by_sklearn(metric, case, count):
    """scikit-learn's."""
    from sklearn import metrics

    if metric in TREC:
        relevance, score = judged(count)
        if metric == "NDCG":
            return lambda: [metrics.ndcg_score(relevance, score, ignore_ties=True)]
        relevant = relevance > 0
        return lambda: [metrics.label_ranking_average_precision_score(relevant, score)]
    truth, score = scored(case, count)
    function = metrics.roc_auc_score if metric == "AUC" else metrics.average_precision_score
    return lambda: [function(truth, score)]


def by_trec(metric, case, count):
    """trec_eval's, by way of pytrec_eval, whose answer is a dict of queries."""
    import pytrec_eval

    names, queries = [f"d{number:02d}" for number in range(DOCUMENTS)], [f"q{number}" for number in range(count)]
    relevance, score = judged(count)
    evaluator = pytrec_eval.RelevanceEvaluator(
        {query: dict(zip(names, row, strict=True)) for query, row in zip(queries, relevance.tolist(), strict=True)},
        {TREC[metric]})
    run = {query: dict(zip(names, row, strict=True)) for query, row in zip(queries, score.tolist(), strict=True)}

    def answer():
        found = evaluator.evaluate(run)
        return [found[query][TREC[metric]] for query in queries]

    return answer


CONTENDERS = {"dataml_lab": ours, "scikit-learn": by_sklearn, "pytrec_eval": by_trec}


def contest(names, metric, case, count):
    """Rounds in which each answers in turn; prints a row for each, and fails unless the answers are equal."""
    racers = [Contender(name, __file__, "--serve", name, metric, case, count) for name in names]
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{racer.name}.npy" for racer in racers]
        rounds = [raced(racers, files, f"{metric} {case}, round {number} of {ROUNDS}")
                  for number in range(1, ROUNDS + 1)]
        for racer in racers:
            racer.end()
        answers = [np.load(file) for file in files]
    for racer, found, seconds in zip(racers, answers, zip(*rounds, strict=True), strict=True):
        apart = difference(found, answers[0])
        assert apart <= 1e-12, f"{racer.name} answers otherwise than {names[0]}: {metric} differs by {apart}"
        ratio = median(taken / times[0] for taken, times in zip(seconds, rounds, strict=True))
        print(f"{metric:<18}{case:<12}{racer.name:<14}{median(seconds):>8.3f}{ratio:>9.2f}{racer.memory:>10,.0f}"
              f"{found.mean():>20.15f}{apart:>10.0e}", flush=True)


def difference(found, reference):
    """The largest difference of two answers: per query, or of the means where one of them has no more."""
    return abs(found - reference).max() if found.shape == reference.shape else abs(found.mean() - reference.mean())


def main():
    """Print a row per metric, case and contender."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", type=int, default=10**7, help="rows with a score")
    parser.add_argument("--queries", type=int, default=10**5, help="queries of 100 documents")
    parser.add_argument("--serve", nargs=4, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        contender, metric, case, count = chosen.serve
        serve(CONTENDERS[contender](metric, case, int(count)))
        return
    trec = ["pytrec_eval"] if importlib.util.find_spec("pytrec_eval") else []
    if not trec:
        print('pytrec-eval-terrier is not installed and has no rows; pip install "dataml-lab[bench]" brings it.')
    print(f"{chosen.scores:,} scores, {chosen.queries:,} queries; seconds, × ours, MB more than held, value, apart")
    for metric in ("AUC", "average precision"):
        for case in CASES:
            contest(["dataml_lab", "scikit-learn"], metric, case, chosen.scores)
    for metric in TREC:
        others = ["scikit-learn"] if metric != "MRR" else []
        contest(["dataml_lab", *others, *trec], metric, "", chosen.queries)


if __name__ == "__main__":
    main()
