"""pandas, NumPy and scikit-learn, with what they can't know done before and after."""

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score, roc_auc_score


def macro_f1(truth, predicted):
    predicted = ["" if label is None else label for label in predicted]
    return f1_score(truth, predicted, labels=sorted(set(truth)), average="macro", zero_division=0)


def auc_within_days(truth, score, day):
    rows = pd.DataFrame({"truth": truth, "score": score, "day": day})
    right = pairs = 0
    for _, today in rows.groupby("day"):
        ones = today["truth"].sum()
        count = ones * (len(today) - ones)
        if count:
            right += count * roc_auc_score(today["truth"], today["score"])
            pairs += count
    return right / pairs if pairs else np.nan


def capped_mape(truth, predicted):
    truth, predicted = np.array(truth, float), np.array(predicted, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.minimum(abs(truth - predicted) / abs(truth), 1)
    errors = np.where(truth == 0, predicted != 0, errors)
    return float(errors[~np.isnan(truth)].mean())


def average_precision(shown, relevant):
    places = pd.Series(range(1, len(shown) + 1), index=shown, dtype=float)
    first = places[~places.index.duplicated()]
    first = first[first.index.isin(relevant)].to_numpy()
    hits = np.arange(1, len(first) + 1)
    return (hits / first).sum() / len(relevant) if relevant else 0.0
