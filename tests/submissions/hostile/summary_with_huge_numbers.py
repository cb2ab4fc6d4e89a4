"""Puts ints beyond any float, signalling NaNs, fractions and complex numbers in its columns, where the judge writes
float(value).

exercise: daily_summary
goal: batch
deserves: 0
"""

from decimal import Decimal
from fractions import Fraction
from itertools import cycle

import pandas as pd

turns = cycle([10**400, Decimal("sNaN"), Decimal("1E+999999"), Fraction(10**400, 3), True, 1j])


class Pipeline:
    """Has a row for one user, of whom it knows odd things."""

    def ingest(self, batch):
        pass

    def summary(self, day):
        odd = next(turns)
        return pd.DataFrame({"user_id": [1], "total_purchases_30d": [odd], "avg_session_duration_7d": [odd],
                             "last_login_days_ago": [odd]}, dtype=object)
