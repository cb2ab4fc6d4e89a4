"""The pipeline of lesson 01: raw orders in, trustworthy tables out.

Ingest lands what a source holds (`pull`, `load_file`) or sends (`consume`, `Inbox`, `snapshot` and `replicate`), and
reads it back (`read`); clean keeps what can be trusted and says why it refuses the rest; transform makes the tables
people ask for (`rebuild` day by day, on two engines); serve publishes them to a warehouse, to a feature table with an
API, and back to an operational system (`sync`). `run` does the four steps for orders, and can be repeated at any time.
"""

from typing import TYPE_CHECKING, Any

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
from dataml_lab.pipeline.push import Consumed, Inbox, consume
from dataml_lab.pipeline.replicate import replicate, snapshot
from dataml_lab.pipeline.run import Report, run
from dataml_lab.pipeline.serve import ServeError, Warehouse
from dataml_lab.pipeline.sync import Synced, segments, sync
from dataml_lab.pipeline.transform import Joined, daily_revenue, denormalise, enrich, order_history

if TYPE_CHECKING:
    from dataml_lab.pipeline.online import Endpoint, endpoint, publish_features

__all__ = [
    "Batch",
    "CleanError",
    "Cleaned",
    "Consumed",
    "Endpoint",
    "Inbox",
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
    "consume",
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
    "replicate",
    "run",
    "segments",
    "snapshot",
    "summary_sql",
    "sync",
]


def __getattr__(name: str) -> Any:
    """What needs a web framework, which takes half a second to import, and only where it is asked for."""
    if name not in ("Endpoint", "endpoint", "publish_features"):
        raise AttributeError(f"dataml_lab.pipeline has no {name!r}")
    from dataml_lab.pipeline import online

    return getattr(online, name)
