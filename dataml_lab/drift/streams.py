"""Changes in a stream of numbers, noticed value by value: ADWIN and Page-Hinkley, as river has them.

river's detectors are made for numbers from 0 to 1, such as the errors of a classifier. In other units they alarm
without a cause, or never; after one NaN they never alarm again. Here numbers are put on that scale, and missing ones
are counted and left out.
"""

import math
from typing import Any, Literal

import numpy as np
import pandas as pd

Method = Literal["ADWIN", "Page-Hinkley"]
METHODS = {"ADWIN": "ADWIN", "Page-Hinkley": "PageHinkley"}  # as river calls them


class Watch:
    """A detector of a change of the mean of a stream.

    Parameters
    ----------
    method : "ADWIN" keeps a window of the last values, and drops its older part where the means of two parts differ by
        more than chance allows (Bifet and Gavaldà, Learning from time-changing data with adaptive windowing, 2007).
        "Page-Hinkley" adds up by how much values exceed their mean, or fall short of it, and alarms at a threshold
        (Page, Continuous inspection schemes, 1954).
    low, high : numbers between which values lie; one beyond them counts as the nearer of the two. Quantiles of a
        reference will do.
    settings : those of river's detector, on the scale from 0 to 1: `delta` of ADWIN, the rate of false alarms that it
        keeps below; `threshold`, `delta` and `mode` ("up", "down", "both") of Page-Hinkley.

    `seen` counts the values, and `missing` those of them that are NaN or infinite. A watch can be pickled: it goes on
    where it was.

    >>> watch = Watch("ADWIN")
    >>> noticed = [watch.update(error) for error in [0, 1, 0, 0] * 50 + [1] * 100]
    >>> noticed.index(True)
    255
    """

    def __init__(self, method: Method = "ADWIN", *, low: float = 0.0, high: float = 1.0, **settings: Any) -> None:
        from river import drift  # takes half a second

        if method not in METHODS:
            raise ValueError(f"there is no method {method!r}; there are: {', '.join(METHODS)}")
        if not low < high or not math.isfinite(high - low):
            raise ValueError(f"low is {low} and high {high}: low must be the lesser of two finite numbers")
        self.detector = getattr(drift, METHODS[method])(**settings)
        self.low, self.high, self.seen, self.missing = low, high, 0, 0

    def update(self, value: float) -> bool:
        """Whether a change is noticed at this value."""
        self.seen += 1
        if not math.isfinite(value):
            self.missing += 1
            return False
        self.detector.update((min(max(value, self.low), self.high) - self.low) / (self.high - self.low))
        return self.detector.drift_detected


def changes(values: pd.Series, method: Method = "ADWIN", **settings: Any) -> pd.Index:
    """The labels of the values at which a change is noticed, in their order; the arguments are those of `Watch`.

    >>> errors = pd.Series([0, 1, 0, 0] * 50 + [1] * 100, index=pd.RangeIndex(1_000, 1_300))
    >>> changes(errors).tolist()
    [1255]
    """
    watch = Watch(method, **settings)
    noticed = [watch.update(value) for value in values.to_numpy(float, na_value=np.nan)]
    return values.index[noticed]
