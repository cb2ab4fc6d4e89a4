"""Techniques that need to learn nothing: of each row they make numbers, the same whatever other rows are there.

None of them says "now". Each keeps the index it is given, and its columns are of the same types for any values,
missing ones and no rows included.
"""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd


def calendar(moments: pd.Series, zone: str | pd.Series) -> pd.DataFrame:
    """What the clock on the wall shows at these moments: hour_of_day 0-23, day_of_week (Monday 0), is_weekend 0 or 1.

    All float64, NaN where there is no moment or no zone. `zone` is the clock's: the name of a time zone, or hours ahead
    of UTC such as "+02:00"; or a series with one for each row. Raises ValueError for moments that are in no zone, for
    a zone that doesn't exist, and for zones of other rows.

    >>> moments = pd.Series(pd.to_datetime(["2025-03-01 01:00", "2025-03-01 01:00"], utc=True))
    >>> calendar(moments, pd.Series(["Europe/Berlin", "-05:00"]))
       hour_of_day  day_of_week  is_weekend
    0          2.0          5.0         1.0
    1         20.0          4.0         0.0
    """
    wall = wall_clock(moments, zone)
    day = wall.dt.day_of_week.astype("float64")
    weekend = (day >= 5).astype("float64").where(day.notna())
    return pd.DataFrame({"hour_of_day": wall.dt.hour.astype("float64"), "day_of_week": day, "is_weekend": weekend})


def wall_clock(moments: pd.Series, zone: str | pd.Series) -> pd.Series:
    """The time on the clocks of the zones, itself without a zone; NaT where there is no moment or no zone."""
    if not isinstance(moments.dtype, pd.DatetimeTZDtype):
        raise ValueError(f"the moments are {moments.dtype}, where a zone is needed: pd.to_datetime(…, utc=True)")
    if isinstance(zone, str):
        return on_the_clock(moments, zone)
    if not zone.index.equals(moments.index):
        raise ValueError("the zones are of other rows than the moments: give both the same index")
    wall = np.full(len(moments), "NaT", moments.dtype.base)
    for name in zone.dropna().unique():
        there = (zone == name).to_numpy(bool, na_value=False)
        wall[there] = on_the_clock(moments[there], name)
    return pd.Series(wall, moments.index)


def on_the_clock(moments: pd.Series, zone: str) -> pd.Series:
    """The time on the clock of one zone; ValueError when there is no such zone."""
    try:
        return moments.dt.tz_convert(zone).dt.tz_localize(None)
    except (KeyError, ValueError, TypeError) as cause:
        raise ValueError(f"there is no time zone {zone!r}: name one, as in 'Europe/Berlin' or '+02:00'") from cause


def cyclic(values: pd.Series, period: float) -> pd.DataFrame:
    """The values as points on a circle that they go round once in a period, so that hour 23 is next to hour 0.

    The sine and cosine of 2π values / period, float64, called after the values; NaN where a value is missing.

    >>> cyclic(pd.Series([0, 6, 23], name="hour"), period=24).round(2)
       hour_sin  hour_cos
    0      0.00      1.00
    1      1.00      0.00
    2     -0.26      0.97
    """
    angle = values.astype("float64") * (2 * np.pi / period)
    return pd.DataFrame({f"{values.name}_sin": np.sin(angle), f"{values.name}_cos": np.cos(angle)})


def text(texts: pd.Series) -> pd.DataFrame:
    """The length in characters and the number of words of each text, int64, and whether it is missing, bool.

    Words are what white space separates. A missing text has no characters, no words, and says so. Raises ValueError
    for what is no text.

    >>> text(pd.Series(["Runs small.", "", None]))
       length  words  missing
    0      11      2    False
    1       0      0    False
    2       0      0     True
    """
    known = known_texts(texts)
    numbers = {"length": [len(text) for text in known], "words": [len(text.split()) for text in known]}
    return pd.DataFrame(numbers, texts.index, dtype="int64").assign(missing=texts.isna().astype(bool))


def phrases(texts: pd.Series, phrases: Sequence[str]) -> pd.DataFrame:
    """Whether a text has a phrase, 1 or 0 in an int64 column called after it; 0 where the text is missing.

    A phrase is there as whole words, in capitals or not, with any white space between them. Raises ValueError for an
    empty phrase, for the same one twice, and for what is no text.

    >>> phrases(pd.Series(["It RUNS  small.", "Overruns smallish"]), ["runs small"])
       runs small
    0           1
    1           0
    """
    known = [text.casefold() for text in known_texts(texts)]
    patterns = {phrase: whole_words(phrase) for phrase in phrases}
    if len(set(patterns.values())) < len(phrases):
        raise ValueError(f"a phrase is there twice: {', '.join(phrases)}")
    found = {phrase: [bool(pattern.search(text)) for text in known] for phrase, pattern in patterns.items()}
    return pd.DataFrame(found, texts.index, columns=list(phrases)).astype("int64")


def whole_words(phrase: str) -> re.Pattern[str]:
    """What finds a phrase in a text without capitals; ValueError for an empty one."""
    words = [re.escape(word) for word in phrase.casefold().split()]
    if not words:
        raise ValueError(f"the phrase {phrase!r} has no words")
    return re.compile(r"(?<!\w)" + r"\s+".join(words) + r"(?!\w)")


def known_texts(texts: pd.Series) -> list[str]:
    """The texts, an empty one where one is missing; ValueError for anything else."""
    known = [value if isinstance(value, str) else "" for value in texts]
    for value, missing in zip(texts, texts.isna(), strict=True):
        if not missing and not isinstance(value, str):
            raise ValueError(f"{value!r} is no text, but {type(value).__name__}")
    return known


def ratio(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """The numerator per denominator, float64, without a name; missing where the denominator is 0, or either is missing.

    What of nothing has no share: not 0, and not a whole. Raises ValueError for series of different rows.

    >>> ratio(pd.Series([1, 0, 3]), pd.Series([4, 0, 0])).tolist()
    [0.25, nan, nan]
    """
    if not numerator.index.equals(denominator.index):
        raise ValueError("the denominators are of other rows than the numerators: give both the same index")
    above, below = (pd.to_numeric(part).to_numpy("float64", na_value=np.nan) for part in (numerator, denominator))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return pd.Series(np.where(below == 0, np.nan, above / below), numerator.index)
