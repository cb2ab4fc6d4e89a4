"""With pandas, as a list of dates."""

import pandas as pd


def affected(event_day, arrived_on):
    first, last = pd.Timestamp(event_day), pd.Timestamp(arrived_on) - pd.Timedelta(days=1)
    return [day.date() for day in pd.date_range(first, min(last, first + pd.Timedelta(days=29)))]
