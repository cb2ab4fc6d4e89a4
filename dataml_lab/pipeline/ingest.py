"""Ingest: land raw data durably, then read it without losing a line."""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from dataml_lab.pipeline.durable import replacing, storage_errors

TRIES = 6
TIME_OUT_S = 10
LONGEST_WAIT_S = 30
QUIET_S = 2
NO_PROXY = {"all://127.0.0.1": None, "all://localhost": None}  # a proxy can't lead back to this machine


class IngestError(RuntimeError):
    """Data could not be fetched, landed or read; what has landed before is safe."""


class Line(NamedTuple):
    """One landed line; bytes that aren't UTF-8 are lone surrogates in `text`."""

    file: str
    line: int
    text: str


class Record(NamedTuple):
    """One JSON object, and where it came from."""

    file: str
    line: int
    raw: str
    data: dict


class Quarantined(NamedTuple):
    """One received line that is not served: `reason` is short, for grouping, and `detail` is for people."""

    file: str
    line: int
    reason: str
    detail: str
    raw: str


class Batch(NamedTuple):
    """Every line received, either a record or in quarantine."""

    records: list[Record]
    quarantine: list[Quarantined]

    @property
    def received(self) -> int:
        """The number of lines received."""
        return len(self.records) + len(self.quarantine)


class Checkpoint(NamedTuple):
    """How far a pull has come: `pages` pages are landed, and the next one starts at `cursor`."""

    cursor: str | None = None
    pages: int = 0


class Page(NamedTuple):
    """One answer of the API."""

    records: list
    next_cursor: str


class Pulled(NamedTuple):
    """What one pull did: pages and rows landed, requests repeated, seconds spent waiting before a repeat."""

    pages: int = 0
    rows: int = 0
    retries: int = 0
    waited_s: float = 0.0


class RawZone:
    """The folder where raw data lands, one JSON value per line, exactly as received.

    A name holds one file: landing it again replaces it. One process writes to a zone at a time.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        with storage_errors(IngestError, self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)

    def __repr__(self) -> str:
        return f"RawZone({str(self.folder)!r})"

    def land(self, name: str, lines: Iterable[bytes]) -> Path:
        """Writes `lines` to the file `name` (it ends in .jsonl), whole or not at all."""
        path = self.folder / name
        with storage_errors(IngestError, path), replacing(path) as temporary, temporary.open("wb") as file:
            file.writelines(lines)
        return path

    def files(self) -> list[Path]:
        """The landed files, by name."""
        return sorted(self.folder.glob("*.jsonl"))

    def lines(self) -> Iterator[Line]:
        """Every landed line, with its file and its number from 1."""
        for path in self.files():
            with storage_errors(IngestError, path), path.open("rb") as file:
                for number, line in enumerate(file, start=1):
                    yield Line(path.name, number, line.rstrip(b"\r\n").decode("utf-8-sig", "surrogateescape"))

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint last saved, or that of a fresh start."""
        path = self.folder / "checkpoint.json"
        with storage_errors(IngestError, path):
            try:
                return Checkpoint(**json.loads(path.read_bytes())) if path.exists() else Checkpoint()
            except (ValueError, TypeError) as cause:
                raise IngestError(f"{path}: not a checkpoint; delete it to pull from the start") from cause

    def save(self, checkpoint: Checkpoint) -> None:
        """Makes `checkpoint` the one to resume from."""
        path = self.folder / "checkpoint.json"
        with storage_errors(IngestError, path), replacing(path) as temporary:
            temporary.write_text(json.dumps(checkpoint._asdict()), encoding="utf-8")


def load_file(path: str | Path, zone: RawZone) -> Path:
    """Lands a copy of a JSON-lines file under the file's own name."""
    path = Path(path)
    with storage_errors(IngestError, path), path.open("rb") as lines:
        return zone.land(f"{path.name.removesuffix('.jsonl')}.jsonl", lines)


def pull(url: str, zone: RawZone, limit: int = 250) -> Pulled:
    """Lands the pages of `{url}/orders` that come after the zone's checkpoint, up to the first empty page.

    Each page lands before the checkpoint moves past it. A crash in between fetches that page again, under
    the same name: nothing is lost, and nothing is there twice. Raises IngestError when the API stays down.
    """
    pulled, started = Pulled(), time.monotonic()
    with httpx.Client(timeout=TIME_OUT_S, mounts=NO_PROXY) as client:
        while True:
            checkpoint = zone.checkpoint
            page, retries, waited_s = fetch(client, url, checkpoint, limit)
            pulled = pulled._replace(retries=pulled.retries + retries, waited_s=pulled.waited_s + waited_s)
            if not page.records:
                return pulled
            land_page(page, checkpoint.pages + 1, zone)
            pulled = pulled._replace(pages=pulled.pages + 1, rows=pulled.rows + len(page.records))
            show_progress(pulled, time.monotonic() - started)


def land_page(page: Page, number: int, zone: RawZone) -> None:
    """Lands one page, a record per line, and only then moves the checkpoint."""
    zone.land(f"page-{number:06}.jsonl", (json.dumps(record).encode() + b"\n" for record in page.records))
    zone.save(Checkpoint(page.next_cursor, number))


def fetch(client: httpx.Client, url: str, checkpoint: Checkpoint, limit: int) -> tuple[Page, int, float]:
    """The page after the checkpoint, the tries repeated to get it, and the seconds waited between them."""
    retrying = Retrying(
        retry=retry_if_exception(may_pass),
        stop=stop_after_attempt(TRIES),
        wait=wait_for,
        reraise=True,
    )
    try:
        page = retrying(get_page, client, url, checkpoint.cursor, limit)
    except (httpx.HTTPError, httpx.InvalidURL) as cause:
        last = f"{type(cause).__name__}: {str(cause).partition(chr(10))[0]}"
        raise IngestError(
            f"{url}/orders: tries made: {retrying.statistics['attempt_number']}, the last ended in {last}; "
            f"what has landed is safe: run again to continue after page {checkpoint.pages}"
        ) from cause
    return page, retrying.statistics["attempt_number"] - 1, retrying.statistics["idle_for"]


def get_page(client: httpx.Client, url: str, cursor: str | None, limit: int) -> Page:
    """Asks once for the page at `cursor` (None: the first). Raises httpx.HTTPError if none comes."""
    at = {} if cursor is None else {"cursor": cursor}
    response = client.get(f"{url}/orders", params={**at, "limit": limit}).raise_for_status()
    try:
        body = response.json()
        page = Page(list(body["data"]), body["next_cursor"])
    except (ValueError, KeyError, TypeError) as cause:
        raise httpx.DecodingError(f"the answer isn't a page: {response.text[:80]!r}") from cause
    if page.records and page.next_cursor in (None, cursor):
        raise httpx.DecodingError(f"the cursor {cursor!r} doesn't move on")
    return page


def may_pass(error: BaseException) -> bool:
    """Whether trying again can help: 429, 5xx, a lost connection, a time-out, a mangled answer."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code == 429 or error.response.status_code >= 500
    passing = isinstance(error, httpx.TransportError | httpx.DecodingError)
    return passing and not isinstance(error, httpx.UnsupportedProtocol)


def wait_for(state: RetryCallState) -> float:
    """Seconds until the next try: what Retry-After asks for, else random and growing.

    Random, because clients that failed together must not come back together.
    """
    response = getattr(state.outcome.exception(), "response", None)
    asked = response.headers.get("Retry-After", "") if response is not None else ""
    if asked.isdecimal():
        return min(float(asked), LONGEST_WAIT_S)
    return wait_random_exponential(multiplier=0.2, max=LONGEST_WAIT_S)(state)


def show_progress(pulled: Pulled, seconds: float) -> None:
    """Rewrites one line on a terminal, once a pull has taken longer than QUIET_S."""
    if seconds > QUIET_S and sys.stderr.isatty():
        print(f"pulled {pulled.pages:,} pages, {pulled.rows:,} rows", end="\r", file=sys.stderr, flush=True)


def read(zone: RawZone) -> Batch:
    """Parses every landed line: a JSON object is a record, anything else goes to quarantine."""
    batch = Batch([], [])
    for line in zone.lines():
        try:
            batch.records.append(Record(*line, parse_line(line.text)))
        except ValueError as error:
            reason, detail = error.args
            batch.quarantine.append(Quarantined(line.file, line.line, reason, detail, printable(line.text)))
    return batch


def parse_line(text: str) -> dict:
    """The JSON object on a line. Raises ValueError(reason, detail).

    >>> parse_line('{"order_id": 17}')
    {'order_id': 17}
    >>> parse_line('{"order_id": 17, "tot')
    Traceback (most recent call last):
    ValueError: ('line: not JSON', 'Unterminated string starting at (column 18)')
    """
    if not text.isascii() and text != printable(text):
        raise ValueError("line: not UTF-8", "its bytes are shown as \\udc..")
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError("line: not JSON", f"{error.msg} (column {error.colno})") from None
    except (ValueError, RecursionError) as error:
        raise ValueError("line: not JSON", str(error)) from None
    if not isinstance(value, dict):
        raise ValueError("line: not an object", f"found {type(value).__name__}")
    if set(value) == {"unreadable"}:
        raise ValueError("line: unreadable at the source", "the API had it only as text")
    return value


def printable(text: str) -> str:
    r"""The text with bytes that aren't UTF-8 spelt out, so that it can be stored anywhere.

    >>> printable(b"caf\xe9".decode("utf-8-sig", "surrogateescape"))
    'caf\\udce9'
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
