"""The pipeline of lesson 01: raw orders in, trustworthy tables out.

Ingest lands what a source sends (`pull`, `load_file`) and reads it back (`read`); clean keeps what can be
trusted and says why it refuses the rest; transform makes the tables people ask for; serve publishes them.
`run` does all four, and can be repeated at any time. Two jobs serve what people and programs ask for besides: daily
makes the daily summary of the users (`rebuild`), which online serves to programs, and sync sends to a CRM.
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
from dataml_lab.pipeline.daily import rebuild, summary_sql
from dataml_lab.pipeline.ingest import Batch, IngestError, Pulled, RawZone, load_file, pull, read
from dataml_lab.pipeline.online import Endpoint, endpoint, publish_features
from dataml_lab.pipeline.run import Report, run
from dataml_lab.pipeline.serve import ServeError, Warehouse
from dataml_lab.pipeline.sync import Synced, segments, sync
from dataml_lab.pipeline.transform import Joined, daily_revenue, denormalise, enrich, order_history

__all__ = [
    "Batch",
    "CleanError",
    "Cleaned",
    "Endpoint",
    "IngestError",
    "Joined",
    "Pulled",
    "RawZone",
    "Rejected",
    "Report",
    "ServeError",
    "Synced",
    "Warehouse",
    "clean_order",
    "clean_orders",
    "daily_revenue",
    "denormalise",
    "endpoint",
    "enrich",
    "identifier",
    "load_file",
    "moment",
    "number",
    "order_history",
    "outliers",
    "parse_order",
    "publish_features",
    "pull",
    "read",
    "rebuild",
    "run",
    "segments",
    "summary_sql",
    "sync",
]
