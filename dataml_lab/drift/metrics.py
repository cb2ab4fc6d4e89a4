"""What is measured of a column on a day: a number, by the name of the metric."""

import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from dataml_lab.drift import distances
from dataml_lab.drift.numbers import Numbers
from dataml_lab.drift.profile import Column, Moments, as_numbers
from dataml_lab.drift.words import Words, aligned

Columns = pd.DataFrame | Mapping[str, Any]  # what came on a day: columns by name, which needn't be equally long
Metric = Callable[[pd.Series], float]
AGAINST = ("moved", "new")  # metrics that compare a day with the reference
PERCENTILE = re.compile(r"p(\d\d?)")


def values_of(columns: Columns, name: str) -> pd.Series:
    """A column of a day; empty if it isn't there."""
    found = columns.get(name)
    return pd.Series([], dtype=float) if found is None else pd.Series(found)


def number(value: float | None) -> float:
    """The number; NaN for none that is finite."""
    return math.nan if value is None or not math.isfinite(value) else float(value)


def floats(values: pd.Series) -> np.ndarray:
    """The finite numbers of a column, truth values as 0 and 1; none in a column of text or times."""
    known = values.dropna().infer_objects()
    found = known.to_numpy(float) if pd.api.types.is_bool_dtype(known) else as_numbers(known)
    return np.empty(0) if found is None else found[np.isfinite(found)]


def missing(values: pd.Series) -> float:
    """The share of rows without a value; infinite numbers count as missing."""
    if not len(values):
        return math.nan
    numbers = as_numbers(values)
    return float(values.isna().mean() if numbers is None else 1 - np.isfinite(numbers).mean())


def of_numbers(function: Callable[[np.ndarray], float]) -> Metric:
    """The metric that is the function of a column's numbers; NaN where there are none."""
    def metric(values: pd.Series) -> float:
        numbers = floats(values)
        return float(function(numbers)) if len(numbers) else math.nan

    return metric


METRICS: Mapping[str, Metric] = MappingProxyType({
    "rows": len, "missing": missing, "mean": of_numbers(np.mean), "median": of_numbers(np.median),
    "spread": of_numbers(np.std), "distinct": pd.Series.nunique})


def measured_by(name: str, metrics: Mapping[str, Metric]) -> Metric:
    """The metric of this name; ValueError if there is none."""
    percent = PERCENTILE.fullmatch(name)
    if name not in metrics and not percent:
        raise ValueError(f"there is no metric {name!r}; there are: {', '.join([*metrics, *AGAINST])}, and p1 to p99")
    return metrics[name] if name in metrics else of_numbers(lambda numbers: np.percentile(numbers, int(percent[1])))


def against(metric: str, reference: Column, today: Column, own: bool) -> float:
    """How far a day is from the reference. Of a day of the reference's `own`: from its other days. NaN where one has
    no values, or values of another type."""
    known = [one.rows - one.missing for one in (reference, today)]
    if type(reference) is not type(today) or isinstance(today, Moments) or not all(known):
        return math.nan
    if metric == "new":
        return new(reference, today, own)
    others = 1 - known[1] / known[0] if own else 1.0  # F_day − F_all = others × (F_day − F_others)
    return moved(reference, today) / others if others else math.nan


def moved(reference: Column, today: Column) -> float:
    """The KS distance of numbers and of the lengths of texts; the total variation of categories."""
    if isinstance(reference, Numbers):
        return distances.ks(reference, today)
    if reference.is_text:
        return distances.ks(reference.lengths, today.lengths)
    return distances.total_variation(aligned(reference, today)[1])


def new(reference: Column, today: Column, own: bool) -> float:
    """The share of rows with a category that the reference has not, or none of its other days; NaN of numbers."""
    if not isinstance(reference, Words):
        return math.nan
    unseen = [count for name, count in today.counts.items() if reference.counts.get(name, 0) <= (count if own else 0)]
    return (sum(unseen) + today.others) / today.known
