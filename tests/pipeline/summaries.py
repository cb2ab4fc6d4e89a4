"""What the daily summary is, by its definition, and orders at the edges of its window."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from hypothesis import strategies as st

DAY = date(2025, 3, 30)  # summer time begins on it in Europe
END = datetime(2025, 3, 31, tzinfo=UTC)
ZONES = ("UTC", "Pacific/Kiritimati", "America/St_Johns", "Europe/Berlin")


class Order(NamedTuple):
    user_id: int
    cents: int
    status: str
    occurred_at: datetime
    received_at: datetime


def oracle(orders, day, known_at=None):
    """The summary, from its definition."""
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    known = [o for o in orders if o.occurred_at < end and (known_at is None or o.received_at < known_at)]
    rows = []
    for user in sorted({order.user_id for order in known}):
        completed = [o for o in known if o.user_id == user and o.status == "completed"]
        recent = [o for o in completed if end - timedelta(days=30) <= o.occurred_at]
        spent = float(sum((Decimal(o.cents) / 100 for o in recent), Decimal()))
        since = min(((day - o.occurred_at.date()).days for o in completed), default=None)
        rows.append((day, user, len(recent), spent, since))
    return rows


@st.composite
def orders(draw):
    """An order, often at a boundary of the window, sometimes late."""
    midnight = END + timedelta(days=draw(st.sampled_from([-61, -32, -31, -30, -29, -2, -1, 0, 1])))
    occurred = midnight + draw(st.sampled_from([timedelta(microseconds=n) for n in (-1, 0, 1, 43_200_000_000)]))
    late = draw(st.sampled_from([timedelta(), timedelta(seconds=1), timedelta(days=1), timedelta(days=40)]))
    status = draw(st.sampled_from(["completed", "cancelled"]))
    return Order(draw(st.integers(1, 4)), draw(st.integers(0, 9_999_999)), status, occurred, occurred + late)
