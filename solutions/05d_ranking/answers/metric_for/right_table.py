"""The facts of a problem are put into words, and a table has the metric for them."""

METRICS = {
    ("sort", "rows"): "accuracy", ("sort", "classes"): "macro F1", ("queue", "top"): "precision at k",
    ("queue", "all"): "AUC", ("bid", ""): "Brier score", ("stock", "pieces"): "MAE", ("stock", "squares"): "RMSE",
    ("stock", "percent"): "MAPE", ("results", "first"): "MRR", ("results", "each"): "MAP", ("results", "grades"): "NDCG",
}


def metric_for(problem):
    use, fact = problem["use"], ""
    if use == "sort":
        smallest = min(problem["share"], key=problem["share"].get)
        largest = max(problem["share"], key=problem["share"].get)
        fact = "classes" if problem["cost"][smallest] > 1.5 * problem["cost"][largest] else "rows"
    elif use == "queue":
        fact = "top" if len(set(problem["looked_at"])) == 1 else "all"
    elif use == "stock":
        euros = [bill[-1] for bill in problem["bills"]]
        growth = round(euros[1] / euros[0]), round(euros[2] / euros[0])
        fact = {(2, 2): "pieces", (4, 4): "squares", (2, 1): "percent"}[growth]
    elif use == "results":
        fact = "first" if problem["stops"] else "grades" if problem["worth"][3] != problem["worth"][2] else "each"
    return METRICS[use, fact]
