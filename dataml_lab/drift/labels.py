"""Labels that come late: predictions in cohorts by the time they were made, compared where they are equally mature.

A table has a row for each prediction: when it was made, and when its label came (missing where it hasn't yet). Labels
that come early aren't like the others: of deliveries the fast ones are known first.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from dataml_lab.drift.windows import moments

Metric = Callable[[pd.DataFrame], float]  # of rows that have a label
Every = Literal["day", "week"]
LENGTHS = {"day": pd.Timedelta(days=1), "week": pd.Timedelta(days=7)}


def cohorts(table: pd.DataFrame, metric: Metric, as_of: Any, mature: Any, *, every: Every = "day",
            made: str = "made_at", known: str = "known_at") -> pd.DataFrame:
    """A row for each cohort of predictions, with what is known of it at a moment.

    Parameters
    ----------
    table : a row for each prediction. Labels that came after the moment, and predictions made after it, don't count.
    metric : a function of the labelled rows of a cohort.
    as_of : the moment.
    mature : the age at which nearly all labels have come, such as "7D"; see `age_with`.
    every : the length of a cohort, "day" or "week"; weeks begin on Mondays.
    made, known : the columns of the times of prediction and label.

    Columns: `rows`; `labelled`, the share with a label; `value` of the metric, NaN without a label; `mature`, whether
    all of its predictions have that age.

    >>> table = pd.DataFrame({"made_at": pd.to_datetime(["2026-03-01", "2026-03-01", "2026-03-02"]),
    ...                       "known_at": pd.to_datetime(["2026-03-02", "2026-03-04", "2026-03-03"]),
    ...                       "error": [4.0, 10.0, 5.0]})
    >>> cohorts(table, lambda rows: rows["error"].mean(), "2026-03-03", "1D")
                rows  labelled  value  mature
    made_at
    2026-03-01     2       0.5    4.0    True
    2026-03-02     1       1.0    5.0   False
    """
    seen = known_at(table, as_of, made, known)
    days = seen[made].dt.floor("D")
    groups = seen.groupby(days if every == "day" else days - pd.to_timedelta(days.dt.day_of_week, "D"))
    found = pd.DataFrame({"rows": groups.size(), "labelled": groups[known].count() / groups.size(),
                          "value": [value_of(metric, rows, known) for _, rows in groups]})
    return found.assign(mature=found.index + LENGTHS[every] + pd.Timedelta(mature) <= moment(as_of, found.index))


def by_age(table: pd.DataFrame, metric: Metric, as_of: Any, ages: Sequence[Any], *, every: Every = "day",
           made: str = "made_at", known: str = "known_at") -> pd.DataFrame:
    """For each cohort and age the metric of the labels that had come when each prediction had this age; NaN where the
    cohort isn't so old, or none had. Down a column cohorts are equally mature. Parameters are those of `cohorts`.
    """
    found = {}
    for age in map(pd.Timedelta, ages):
        late = moments(table, made) + age < pd.to_datetime(table[known])
        then = cohorts(table.assign(**{known: table[known].mask(late)}), metric, as_of, age, every=every, made=made,
                       known=known)
        found[age] = then["value"].where(then["mature"])
    return pd.DataFrame(found)


def delays(table: pd.DataFrame, as_of: Any, *, made: str = "made_at", known: str = "known_at") -> pd.Series:
    """The share of labels that have come by each age at which some did, by age.

    Predictions without a label count up to the age that they have. Source: Kaplan and Meier, Nonparametric estimation
    from incomplete observations (1958).

    >>> table = pd.DataFrame({"made_at": pd.to_datetime(["2026-03-01"] * 3 + ["2026-03-04"]),
    ...                       "known_at": pd.to_datetime(["2026-03-02", "2026-03-03", None, None])})
    >>> delays(table, "2026-03-05").round(3).tolist()
    [0.25, 0.625]
    """
    seen = known_at(table, as_of, made, known)
    came = seen[known]
    ages = came.fillna(moment(as_of, seen[made])) - seen[made]
    came_at = ages[came.notna()].value_counts().sort_index()
    old_enough = len(ages) - np.searchsorted(np.sort(ages), came_at.index, side="left")
    return pd.Series(1 - np.cumprod(1 - came_at.to_numpy() / old_enough), came_at.index, name="labelled")


def age_with(share: float, table: pd.DataFrame, as_of: Any, *, made: str = "made_at",
             known: str = "known_at") -> pd.Timedelta:
    """The least age at which this share of the labels has come; ValueError if no age has been seen at which it had."""
    found = delays(table, as_of, made=made, known=known)
    enough = found[found >= share]
    if enough.empty:
        most = f"{found.iloc[-1]:.1%} had after {found.index[-1]}" if len(found) else "none have"
        raise ValueError(f"at no age that was seen {share:.1%} of the labels have come: {most}")
    return enough.index[0]


def known_at(table: pd.DataFrame, as_of: Any, made: str, known: str) -> pd.DataFrame:
    """The predictions made up to a moment, without the labels that came after it; ValueError for a label that came
    before its prediction."""
    made_at = moments(table, made)
    if known not in table:
        raise ValueError(f"there is no column {known!r}; there are: {', '.join(map(str, table.columns))}")
    known_at = pd.to_datetime(table[known])
    if (known_at < made_at).any():
        raise ValueError(f"{known} is before {made} in row {(known_at < made_at).to_numpy().argmax()}")
    now = moment(as_of, made_at)
    return table.assign(**{made: made_at, known: known_at.mask(known_at > now)})[made_at <= now]


def moment(as_of: Any, like: pd.Series | pd.DatetimeIndex) -> pd.Timestamp:
    """A moment in the time zone of others, if it says none itself."""
    found = pd.Timestamp(as_of)
    zone = like.dt.tz if isinstance(like, pd.Series) else like.tz
    return found.tz_localize(zone) if found.tz is None else found


def value_of(metric: Metric, rows: pd.DataFrame, known: str) -> float:
    """The metric of the labelled rows; NaN without any."""
    labelled = rows[rows[known].notna()]
    return float(metric(labelled)) if len(labelled) else np.nan
