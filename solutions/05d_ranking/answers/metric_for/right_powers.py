"""A function per use; of a bill, the powers with which it grows with the error and falls with the size."""

from math import isclose, log2


def sort(share, cost, **_):
    by_row = [cost[name] for name in share]
    by_class = [share[name] * cost[name] for name in share]

    def spread(values):
        return max(values) / min(values)

    return "accuracy" if spread(by_row) < spread(by_class) else "macro F1"


def queue(looked_at, **_):
    return "AUC" if looked_at[0] < looked_at[1] else "precision at k"


def stock(bills, **_):
    (_, _, first), (_, _, second), (_, _, third) = bills
    of_error, of_size = log2(second / first), log2(third / second)
    if isclose(of_error, 2, abs_tol=0.5):
        return "R2"
    return "MAE" if isclose(of_size, 0, abs_tol=0.5) else "MAPE"


def results(stops, worth, **_):
    if stops:
        return "MRR"
    return "MAP" if len({euros for grade, euros in worth.items() if grade > 0}) == 1 else "NDCG"


USES = {"sort": sort, "queue": queue, "bid": lambda **_: "Brier score", "stock": stock, "results": results}


def metric_for(problem):
    return USES[problem["use"]](**{name: fact for name, fact in problem.items() if name != "use"})
