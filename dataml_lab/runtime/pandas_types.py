"""The types of pandas that are data: `plain` lets them through, and `forms` says how they are sent."""

import pandas as pd

INDEXES = (pd.Index, pd.DatetimeIndex, pd.TimedeltaIndex, pd.PeriodIndex, pd.IntervalIndex, pd.CategoricalIndex)
RANGE, LEVELS = pd.RangeIndex, pd.MultiIndex  # indexes that hold no column of labels
MASKED = (pd.arrays.BooleanArray, pd.arrays.FloatingArray, pd.arrays.IntegerArray)  # values, and which are missing
TEXTS = (pd.arrays.StringArray, pd.arrays.ArrowStringArray)
MOMENTS, SPANS = pd.arrays.DatetimeArray, pd.arrays.TimedeltaArray
PERIODS, INTERVALS, CATEGORIES = pd.arrays.PeriodArray, pd.arrays.IntervalArray, pd.arrays.Categorical
PLAIN = pd.arrays.NumpyExtensionArray  # an array of numpy's, as a column holds it
OFFSETS = tuple(found for found in vars(pd.offsets).values() if isinstance(found, type))  # steps of regular indexes
