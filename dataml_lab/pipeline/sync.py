"""Sync: what the warehouse found out goes back to the system that people work with (reverse ETL)."""

from typing import NamedTuple

import httpx
import numpy as np
import pandas as pd
from tenacity import Retrying, retry_if_exception, stop_after_attempt

from dataml_lab.pipeline.daily import newest
from dataml_lab.pipeline.ingest import NO_PROXY, TIME_OUT_S, TRIES, may_pass, wait_for
from dataml_lab.pipeline.serve import ServeError, Warehouse


class Synced(NamedTuple):
    """What one sync did: customers sent and confirmed, customers unchanged, requests made, and those repeated."""

    sent: int = 0
    unchanged: int = 0
    requests: int = 0
    retries: int = 0


def segments(summary: pd.DataFrame) -> pd.DataFrame:
    """Each user_id of the summary's last day with its segment.

    By completed orders: "regular" (two or more in 30 days), "occasional" (one), "lapsed" (none, but some
    before), "no purchase" (none ever).
    """
    users = newest(summary)
    rules = {
        "regular": users["orders_30d"] >= 2,
        "occasional": users["orders_30d"] == 1,
        "lapsed": users["days_since_order"].notna(),
    }
    segment = np.select(list(rules.values()), list(rules), default="no purchase")
    return pd.DataFrame({"user_id": users["user_id"], "segment": pd.Series(segment, users.index, dtype="str")})


def sync(warehouse: Warehouse, segments: pd.DataFrame, url: str, batch: int = 100) -> Synced:
    """Sends `{url}/customers` the segments that it isn't known to have, `batch` customers a request.

    The table `crm_sent` of the open warehouse holds what was confirmed, and at which url: another CRM is sent
    everything. Users that have left `segments` are left alone: there and here they keep the segment sent last.
    Raises MergeError when a user is there twice, and ServeError when the CRM stays down or refuses a batch, which
    holds up the batches behind it until what was refused is corrected. After a crash or a ServeError, which says how
    much is confirmed, a rerun sends the rest, and at most one batch again; sending twice changes nothing.
    """
    pending = unsent(warehouse, segments, url)
    # What is about to change is unknown until it is confirmed: if the rerun after a crash wants the old segment
    # back, it must not trust the old note.
    warehouse.publish("crm_sent", pending.head(0), key="user_id", covers=pending["user_id"])
    synced = Synced(unchanged=len(segments) - len(pending))
    with httpx.Client(timeout=TIME_OUT_S, mounts=NO_PROXY) as client:
        for start in range(0, len(pending), batch):
            customers = pending[start : start + batch]
            requests = put(client, url, customers, synced.sent, len(pending))
            warehouse.publish("crm_sent", customers, key="user_id")
            synced = synced._replace(
                sent=synced.sent + len(customers),
                requests=synced.requests + requests,
                retries=synced.retries + requests - 1,
            )
    return synced


def unsent(warehouse: Warehouse, segments: pd.DataFrame, url: str) -> pd.DataFrame:
    """The rows of `segments` that `crm_sent` doesn't hold for this url, as rows of `crm_sent`."""
    segments = segments.assign(url=pd.Series(url, segments.index, dtype="str"))
    warehouse.publish("crm_sent", segments.head(0), key="user_id")  # makes the table when missing
    sent = warehouse.query("FROM crm_sent")
    both = segments.merge(sent, on="user_id", how="left", suffixes=("", "_sent"), validate="1:1")
    return segments[((both["segment"] != both["segment_sent"]) | (both["url"] != both["url_sent"])).to_numpy()]


def put(client: httpx.Client, url: str, customers: pd.DataFrame, confirmed: int, pending: int) -> int:
    """Sends one batch until it is confirmed; returns the requests made. Raises ServeError when it never is."""
    retrying = Retrying(
        retry=retry_if_exception(may_pass), stop=stop_after_attempt(TRIES), wait=wait_for, reraise=True
    )
    try:
        retrying(put_once, client, url, customers[["user_id", "segment"]].to_dict("records"))
    except (httpx.HTTPError, httpx.InvalidURL) as cause:
        remedy = "run again" if may_pass(cause) else "correct that, and run again"
        raise ServeError(
            f"{url}/customers: tries made: {retrying.statistics['attempt_number']}, the last ended in {told(cause)}; "
            f"{confirmed:,} of {pending:,} customers are confirmed: {remedy} to send the rest"
        ) from cause
    return retrying.statistics["attempt_number"]


def put_once(client: httpx.Client, url: str, customers: list[dict]) -> None:
    """Sends one batch once. Raises httpx.HTTPError unless it is confirmed."""
    client.put(f"{url}/customers", json=customers).raise_for_status()


def told(error: Exception) -> str:
    """What went wrong, in the words of the system that refused if it gave any."""
    if isinstance(error, httpx.HTTPStatusError):
        return f"{error.response.status_code}: {error.response.text[:200]}"
    return f"{type(error).__name__}: {error}"
