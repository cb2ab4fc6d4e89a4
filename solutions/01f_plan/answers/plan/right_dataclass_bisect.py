"""bisect for the schedule and a dataclass turned into a dict."""

from bisect import bisect_right
from dataclasses import asdict, dataclass
from datetime import timedelta


@dataclass
class Plan:
    schedule_h: int
    lookback_days: int
    key: str
    store: str = "replace_days"


def plan(brief: dict) -> dict:
    allowed = (1, 2, 3, 4, 6, 8, 12, 24)
    schedule = allowed[bisect_right(allowed, brief["accept_h"]) - 1]
    reach = timedelta(hours=max(brief["delays_h"]) + max(schedule, max(brief["outages_h"], default=0)))
    days, rest = divmod(reach, timedelta(days=1))
    return asdict(Plan(schedule, days + bool(rest), "event_id" if brief["id_is_kept"] else "content"))
