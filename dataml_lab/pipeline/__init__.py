"""The pipeline of lesson 01: raw orders in, trustworthy tables out.

Ingest lands what a source sends (`pull`, `load_file`, `consume`, `Inbox`) and reads it back (`read`); clean
keeps what can be trusted and says why it refuses the rest; transform makes the tables people ask for; serve
publishes them. `run` does all four, and can be repeated at any time. `snapshot` and `replicate` keep copies of a
database's tables.
"""

from dataml_lab.pipeline.clean import (
    Cleaned,
    CleanError,
    Rejected,
    clean_order,
    clean_orders,
    identifier,
    moment,
    number,
    outliers,
    parse_order,
)
from dataml_lab.pipeline.ingest import Batch, IngestError, Pulled, RawZone, load_file, pull, read
from dataml_lab.pipeline.push import Consumed, Inbox, consume
from dataml_lab.pipeline.replicate import replicate, snapshot
from dataml_lab.pipeline.run import Report, run
from dataml_lab.pipeline.serve import ServeError, Warehouse
from dataml_lab.pipeline.transform import Joined, daily_revenue, denormalise, enrich, order_history

__all__ = [
    "Batch",
    "CleanError",
    "Cleaned",
    "Consumed",
    "Inbox",
    "IngestError",
    "Joined",
    "Pulled",
    "RawZone",
    "Rejected",
    "Report",
    "ServeError",
    "Warehouse",
    "clean_order",
    "clean_orders",
    "consume",
    "daily_revenue",
    "denormalise",
    "enrich",
    "identifier",
    "load_file",
    "moment",
    "number",
    "order_history",
    "outliers",
    "parse_order",
    "pull",
    "read",
    "replicate",
    "run",
    "snapshot",
]
