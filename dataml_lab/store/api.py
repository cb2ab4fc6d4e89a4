"""The Store's HTTP API: pages of raw records behind cursors, with rate limits and failures.

`GET /<table>?cursor=…&since=…&limit=…` answers `{"data": [records], "next_cursor": "…"}` in the order of
arrival. The cursor is opaque and always there: on the last page and on an empty one it is where a later
pull goes on. Without a cursor, `since` (an ISO time with its UTC offset) starts at the first record that
arrived then or later. A line that is no JSON can't be in a page as itself: it comes as
`{"unreadable": "<its text>"}`. `GET /health` answers `{"status": "ok"}`.

Errors are `{"detail": "<a sentence>"}`: 400 for a bad cursor, time or limit, 404 for an unknown table, and,
by the count of requests to tables, 429 with `Retry-After` (seconds) and 500.
"""

import base64
import binascii
import datetime as dt
import json
from itertools import count
from typing import NamedTuple

import numpy as np
from fastapi import FastAPI, HTTPException, Response

from dataml_lab.store.http import LocalServer
from dataml_lab.store.raw import Raw

LIMIT = 1_000  # records a page can have at most


class Weather(NamedTuple):
    """When the API is busy and when it fails: every so many requests, never if None."""

    busy_every: int | None
    fail_every: int | None
    retry_after: int

    def strike(self, number: int) -> None:
        """Refuse the request of this number (from 1) if its turn has come; being busy goes before failing."""
        if self.busy_every and number % self.busy_every == 0:
            raise HTTPException(
                429,
                f"Too many requests: come again in {self.retry_after} s.",
                {"Retry-After": str(self.retry_after)},
            )
        if self.fail_every and number % self.fail_every == 0:
            raise HTTPException(500, "The shop failed to answer: ask again.")


class Shelf(NamedTuple):
    """The records of a table as JSON texts, in the order in which they arrived."""

    table: str
    records: list[str]
    received_at: np.ndarray

    def page(self, cursor: str | None, since: str | None, limit: int) -> str:
        """A page as JSON text; 400 for a cursor that isn't one of this table's, or a bad `since`."""
        first = self.position(cursor) if cursor else self.arrived_since(since) if since else 0
        data = self.records[first : first + limit]
        return f'{{"data": [{", ".join(data)}], "next_cursor": "{self.cursor(first + len(data))}"}}'

    def cursor(self, position: int) -> str:
        """The cursor of a position."""
        return base64.urlsafe_b64encode(f"{self.table}:{position}".encode()).decode()

    def position(self, cursor: str) -> int:
        """The position of a cursor."""
        try:
            table, _, number = base64.urlsafe_b64decode(cursor).decode().partition(":")
        except (binascii.Error, ValueError):
            table, number = "", ""
        if table != self.table or not number.isdecimal() or int(number) > len(self.records):
            raise HTTPException(400, f"{cursor!r} is no cursor of {self.table}: use a next_cursor as it came.")
        return int(number)

    def arrived_since(self, since: str) -> int:
        """The position of the first record that arrived at this moment or later."""
        try:
            moment = dt.datetime.fromisoformat(since)
        except ValueError:
            moment = dt.datetime.min
        if moment.tzinfo is None:
            hint = "a time with its UTC offset is needed, such as 2025-03-01T12:00:00Z (write + as %2B)"
            raise HTTPException(400, f"since={since!r}: {hint}.")
        utc = np.datetime64(moment.astimezone(dt.UTC).replace(tzinfo=None), "us")
        return int(np.searchsorted(self.received_at, utc, side="left"))


def shelve(raw: Raw) -> Shelf:
    """The records of a raw export, unreadable lines wrapped so that a page is always JSON."""
    broken = set(raw.plan.loc[raw.plan["fault"] == "malformed", "line"] - 1)
    records = [
        json.dumps({"unreadable": line}, ensure_ascii=False) if row in broken else line
        for row, line in enumerate(raw.lines)
    ]
    return Shelf(raw.table, records, raw.received_at)


def page_size(limit: str | None, usual: int) -> int:
    """The number of records asked for, or the usual one.

    >>> page_size("10", 250), page_size(None, 250)
    (10, 250)
    """
    if limit is None:
        return usual
    if not limit.isdecimal() or not 1 <= int(limit) <= LIMIT:
        raise HTTPException(400, f"limit={limit!r}: a whole number from 1 to {LIMIT:,} is needed.")
    return int(limit)


def check(method: str, **settings: int | None) -> None:
    """ValueError for a setting of a Store's method outside its limits; None is one of the first two."""
    limits = {
        "busy_every": (2, 10**9),
        "fail_every": (2, 10**9),
        "page": (1, LIMIT),
        "retry_after": (0, 10**9),
    }
    for name, value in settings.items():
        low, high = limits[name]
        if value is None and name.endswith("_every"):
            continue
        if not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"{method}({name}={value!r}): a whole number from {low:,} to {high:,} is needed")


def make_app(shelves: dict[str, Shelf], weather: Weather, page: int) -> FastAPI:
    """The API as an ASGI application, for this process's server or any other."""
    app, numbers = FastAPI(title="The Store"), count(1)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/{table}")
    async def records(
        table: str, cursor: str | None = None, since: str | None = None, limit: str | None = None
    ) -> Response:
        weather.strike(next(numbers))
        if table not in shelves:
            raise HTTPException(404, f"There is no {table!r} here: there is {', '.join(shelves)}.")
        return Response(shelves[table].page(cursor, since, page_size(limit, page)), media_type="application/json")

    return app


class Server(LocalServer):
    """A running API over `tables`, on a free port of 127.0.0.1."""

    def __init__(self, app: FastAPI, tables: tuple[str, ...]) -> None:
        super().__init__(app)
        self.tables = tables

    def __repr__(self) -> str:
        state = "serves" if self.runs else "stopped, served"
        return f"Server({self.url} {state} {', '.join('/' + table for table in self.tables)})"


def serve(raws: dict[str, Raw], weather: Weather, page: int) -> Server:
    """Serve raw exports from a thread of this process."""
    return Server(make_app({table: shelve(raw) for table, raw in raws.items()}, weather, page), tuple(raws))
