"""Run: the four steps in a row, safe to repeat whenever and as often as you like."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from dataml_lab.pipeline.clean import clean_orders
from dataml_lab.pipeline.ingest import RawZone, read
from dataml_lab.pipeline.serve import Warehouse
from dataml_lab.pipeline.transform import daily_revenue, denormalise, enrich, order_history, utc_days


@dataclass(frozen=True, repr=False)
class Report:
    """What a run received, kept and refused, in lines; the orphans among the kept; the UTC days published."""

    received: int
    kept: int
    quarantined: dict[str, int]
    orphans: int
    days: pd.DatetimeIndex

    def __repr__(self) -> str:
        reasons = [f"{lines:>12,}  {reason}" for reason, lines in self.quarantined.items()]
        days = f"{self.days.min():%Y-%m-%d} to {self.days.max():%Y-%m-%d}" if len(self.days) else "none"
        return "\n".join(
            [
                f"received     {self.received:>9,}",
                f"kept         {self.kept:>9,}  (orphans among them: {self.orphans:,})",
                f"quarantined  {sum(self.quarantined.values()):>9,}",
                *reasons,
                f"published    {len(self.days):>9,}  days: {days}",
            ]
        )


def run(
    zone: RawZone, warehouse: Warehouse, users: pd.DataFrame, products: pd.DataFrame, days: Iterable
) -> Report:
    """Reads the zone, cleans, transforms, and publishes the days asked for to the open warehouse.

    Tables: orders, daily_revenue and wide_orders hold the UTC `day` they are published by; quarantine holds
    every refused line of the zone. What was published before for the same days is replaced.
    """
    batch = read(zone)
    orders, quarantined = clean_orders(batch)
    joined = enrich(orders, users, products)
    days = utc_days(list(days)).unique()
    tables = {
        "orders": orders.assign(day=utc_days(orders["occurred_at"])),
        "daily_revenue": daily_revenue(orders, days),
        "wide_orders": denormalise(joined.rows, order_history(orders)),
    }
    for name, table in tables.items():
        warehouse.publish(name, table[table["day"].isin(days)], key="day", covers=days)
    warehouse.publish("quarantine", quarantined, key="file", covers=[path.name for path in zone.files()])
    reasons = quarantined["reason"].value_counts().to_dict()
    return Report(batch.received, len(orders), reasons, len(joined.orphans), days)
