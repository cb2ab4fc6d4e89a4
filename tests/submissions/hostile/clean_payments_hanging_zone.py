"""Returns datetimes whose time zone hangs, exits or lies when it is asked for its offset, after the deadline is off.

exercise: clean_payments
goal: batch
deserves: 0
"""

import time
from datetime import datetime, timedelta, tzinfo

END = time.monotonic() + 600  # of all calls together


class Zone(tzinfo):
    """A zone that takes its time."""

    def utcoffset(self, moment):
        until = min(time.monotonic() + 170, END)
        while time.monotonic() < until:
            try:
                time.sleep(1)
            except BaseException:
                continue
        raise SystemExit(0)

    def tzname(self, moment):
        return "UTC"

    def dst(self, moment):
        return timedelta(0)

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        return (print, ("was here",))


def clean(raw):
    return {"payment_id": "1", "order_id": "1", "user_id": "1", "amount": 1.0, "method": "card",
            "occurred_at": datetime(2025, 3, 1, tzinfo=Zone())}
