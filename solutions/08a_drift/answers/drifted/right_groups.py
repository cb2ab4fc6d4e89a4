"""Right: a sample for each day of the weekday, and scipy's KS distance."""

import pandas as pd
from scipy.stats import ks_2samp


def drifted(reference, current):
    """Whether the current day is far from the days of its weekday, as far as these are from each other."""
    texts = not pd.api.types.is_numeric_dtype(reference["value"])
    today = current["day"].min()
    seen = reference["value"].dropna().unique()
    then = reference.replace({"value": {"": None} if texts else {-1: None}})
    then = then[then["day"].dt.day_name() == today.day_name()]
    now = current["value"].replace({"": None} if texts else {-1: None})
    days = [values for _, values in then.groupby("day")["value"]]
    if abs(now.isna().mean() - then["value"].isna().mean()) > 0.15:
        return True
    new = now.notna() & ~now.isin(seen)
    if texts and new.sum() >= 2 and new.mean() > 0.02:
        return True
    if not now.notna().any():
        return False
    others = [pd.concat(days[:place] + days[place + 1:]) for place in range(len(days))]
    furthest = max(distance(rest, day, texts) for rest, day in zip(others, days, strict=True))
    found = distance(then["value"], now, texts)
    return bool(found > 0.15 and found > 2 * furthest)


def distance(one, other, texts):
    """The KS distance, or the total variation of shares."""
    if texts:
        difference = one.value_counts(normalize=True).sub(other.value_counts(normalize=True), fill_value=0)
        return difference.abs().sum() / 2
    return ks_2samp(one.dropna().astype(float), other.dropna().astype(float), method="asymp").statistic
