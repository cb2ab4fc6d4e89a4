"""Right: rates the values of a column by the labels of the other half of the rows."""

import numpy as np
import pandas as pd

from dataml_lab.evaluation import classification


def strength(truth, score):
    """The AUC of a score, in whichever direction is better."""
    auc = classification.auc(truth, score)
    return max(auc, 1 - auc)


def levels(column):
    """The values of a column as text: numbers of many values in ten bins, missing values as one of their own."""
    if pd.api.types.is_numeric_dtype(column) and column.nunique() > 20:
        column = pd.qcut(column, 10, duplicates="drop")
    return column.astype(object).where(column.notna(), "missing").astype(str)


def alone(column, truth):
    """The AUC of the levels of a column, each rated by the labels of the other half of the rows."""
    level, odd = levels(column), np.arange(len(truth)) % 2 == 1
    score = np.empty(len(truth))
    for learned, asked in ((odd, ~odd), (~odd, odd)):
        rates = truth[learned].groupby(level[learned]).mean()
        score[asked] = level[asked].map(rates).astype(float).fillna(truth.mean())
    return strength(truth, score)


def suspects(table, label, meta):
    """The suspected columns and why."""
    asked, written, truth = table[meta["asked"]], meta["written"], table[label]
    texts = [name for name in table if pd.api.types.is_string_dtype(table[name])]
    means = [truth.groupby(table[text]).transform("mean") for text in texts]
    found = {}
    for name in table.columns.difference([label, meta["asked"], *written.values()], sort=False):
        column = table[name]
        if name in written:
            if (table[written[name]] + meta["delay"][name] >= asked).any():
                found[name] = "late"
        elif name not in texts and any(((column / of - mean).abs() <= 0.001).all() for mean in means for of in (1, 100)):
            found[name] = "averages"
        elif column.isna().any() and strength(truth, column.isna()) >= 0.9:
            found[name] = "missing"
        elif alone(column, truth) >= 0.9:
            found[name] = "tells"
    return found
