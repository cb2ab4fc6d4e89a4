"""Right: numbers in tenths of the weekday's days, and one distance of shares for all columns."""

import numpy as np
import pandas as pd


def drifted(reference, current):
    """Missing values first, then new texts, then how many rows are in other tenths or have other texts than usual."""
    both = pd.concat([reference, current], ignore_index=True)
    is_now = np.arange(len(both)) >= len(reference)
    missing = both["value"].isna() | both["value"].isin([-1, ""])
    alike = both["day"].dt.day_of_week == current["day"].dt.day_of_week.iloc[0]
    if abs(missing[is_now].mean() - missing[alike & ~is_now].mean()) > 0.15:
        return True
    old = set(both["value"][~is_now])
    if both["value"].dtype.kind not in "fi":
        unknown = [value not in old and not gone for value, gone in zip(both["value"][is_now], missing[is_now])]
        if np.sum(unknown) > 1 and np.mean(unknown) > 0.02:
            return True
        codes = pd.factorize(both["value"])[0]
    else:
        inner = np.quantile(both["value"][alike & ~is_now & ~missing], np.arange(1, 10) / 10)
        codes = np.searchsorted(np.unique(inner), both["value"])
    kept = alike & ~missing
    counts = pd.crosstab(both["day"][kept], codes[kept]).to_numpy()
    far = [moved(np.delete(counts[:-1], place, axis=0).sum(axis=0), counts[place]) for place in range(len(counts) - 1)]
    return moved(counts[:-1].sum(axis=0), counts[-1]) > max(0.15, 2 * max(far))


def moved(one, other):
    return np.abs(one / one.sum() - other / other.sum()).sum() / 2
