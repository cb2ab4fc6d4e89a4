"""A question after the other, each about what the bill says."""


def metric_for(problem):
    use = problem["use"]
    if use == "sort":
        costs = problem["cost"].values()
        return "accuracy" if max(costs) == min(costs) else "macro F1"
    if use == "queue":
        least, most = problem["looked_at"]
        return "precision at k" if least == most else "AUC"
    if use == "bid":
        return "Brier score"
    if use == "stock":
        one, twice, twice_as_large = (euros for _, _, euros in problem["bills"])
        if twice > 3 * one:
            return "RMSE"
        return "MAPE" if twice_as_large < 1.5 * one else "MAE"
    if problem["stops"]:
        return "MRR"
    worth = problem["worth"]
    return "NDCG" if worth[3] > worth[1] else "MAP"
