"""Makes as many days as nine tenths of the budget allow, at least those needed."""

def plan(brief):
    schedule = [s for s in (1, 2, 3, 4, 6, 8, 12, 24) if s <= brief["accept_h"]][-1]
    runs = brief["days"] * 24 / schedule
    affordable = int(brief["budget_rows"] * 0.9 / (brief["users"] * runs)) - 1
    needed = -(-(max(brief["delays_h"]) + max(brief["outages_h"] + [schedule])) // 24)
    return dict(schedule_h=schedule, lookback_days=int(min(90, max(needed, affordable))),
                key=["content", "event_id"][brief["id_is_kept"]], store="replace_days")
