"""Returns moments at both ends of time, folded, with offsets of a second less than a day and zones that nobody knows.

exercise: clean_payments
goal: batch
deserves: 0
"""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import cycle
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

almost = timedelta(hours=23, minutes=59, seconds=59, microseconds=999_999)
moments = cycle(
    [
        datetime.max.replace(tzinfo=timezone(-almost, "\x1b[2J")),
        datetime.min.replace(tzinfo=timezone(almost)),
        datetime(2025, 10, 26, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")),
        date.max,
        timedelta.max,
        np.datetime64("NaT"),
        np.datetime64(2**62, "Y"),
        pd.Timestamp.min.tz_localize(UTC),
        pd.NaT,
        pd.Timestamp("1900-01-01").tz_localize("Asia/Gaza"),
        pd.Period("2025"),
        pd.Timedelta.max,
        np.timedelta64(2**63 - 1, "as"),
        pd.Timestamp(year=9999, month=12, day=31),
    ]
)


def clean(raw):
    return {
        "payment_id": "1",
        "order_id": "1",
        "user_id": "1",
        "amount": 1.0,
        "method": "card",
        "occurred_at": next(moments),
    }
