"""The Store's webhooks: each raw record is pushed to a URL as a signed POST, at least once, not always in order.

A POST's body is the raw line; `Event-Id` names the event, and stays the same when it comes again; `Signature` is
`sha256=` and the HMAC-SHA256 (hex) of event id, a dot and body under the secret that sender and receiver share.
An answer of 2xx means received. Anything else, or none in time, is tried again, each time after twice as long.
"""

import hashlib
import hmac
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import httpx
import numpy as np
from fastapi import FastAPI, Request, Response

from dataml_lab.store.http import LocalServer
from dataml_lab.store.raw import Raw

LARGEST = 2**20  # bytes of a body that a receiver takes


class Delivery(NamedTuple):
    """One event to push."""

    event_id: str
    body: bytes


class Report(NamedTuple):
    """How a push went: events received and not (their ids), and how many POSTs it took."""

    delivered: list[str]
    failed: list[str]
    posts: int

    def __repr__(self) -> str:
        return f"Report({len(self.delivered):,} delivered, {len(self.failed):,} failed, in {self.posts:,} POSTs)"


class Push(NamedTuple):
    """How events are pushed: `tries` POSTs at most, after pauses that start with `pause` seconds and double."""

    url: str
    secret: str
    tries: int
    pause: float
    timeout: float


def sign(secret: str, event_id: str, body: bytes) -> str:
    """The signature of an event.

    >>> sign("secret", "1", b"{}")[:20]
    'sha256=1122767b19311'
    """
    return "sha256=" + hmac.new(secret.encode(), event_id.encode() + b"." + body, hashlib.sha256).hexdigest()


def genuine(secret: str, event_id: str, body: bytes, signature: str) -> bool:
    """Whether a signature is that of the event, told in a time that gives nothing away.

    >>> genuine("secret", "1", b"{}", sign("secret", "1", b"{}")), genuine("guess", "1", b"{}", "sha256=0")
    (True, False)
    """
    return hmac.compare_digest(sign(secret, event_id, body).encode(), signature.encode())


def check(url: str, **settings: float) -> None:
    """ValueError for a setting of `Store.webhooks` outside its limits."""
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"webhooks(url={url!r}): an address with http:// or https:// is needed")
    limits = {"repeated": (0, 1), "displaced": (0, 1), "reach": (1, 10**6), "tries": (1, 100), "timeout": (0.01, 600)}
    for name, value in settings.items():
        low, high = limits.get(name, (0, 600))
        if not low <= value <= high:
            raise ValueError(f"webhooks({name}={value!r}): a number from {low:,} to {high:,} is needed")


def deliveries(raw: Raw, rng: np.random.Generator, repeated: float, displaced: float, reach: int) -> list[Delivery]:
    """The events of a raw export in the order of their pushes.

    A share `repeated` of them is pushed twice, and a share `displaced` up to `reach` places later.
    """
    events = [Delivery(f"{raw.table}-{number}", line.encode()) for number, line in enumerate(raw.lines, 1)]
    u = rng.random((4, len(events)))
    turn = np.arange(len(events)) + np.where(u[0] < displaced, 1 + u[1] * reach, 0)
    again = np.flatnonzero(u[2] < repeated)
    which = np.append(np.arange(len(events)), again)
    order = np.argsort(np.append(turn, turn[again] + 0.5 + u[3, again] * reach), kind="stable")
    return [events[number] for number in which[order]]


def push(events: list[Delivery], how: Push, sleep: Callable[[float], None] = time.sleep) -> Report:
    """Push events one after the other; one that fails does not hold back the others."""
    delivered, failed, posts = {}, {}, 0
    with httpx.Client(timeout=how.timeout) as client:
        for event in events:
            tries, received = attempt(client, event, how, sleep)
            (delivered if received else failed)[event.event_id] = True
            posts += tries
    return Report([*delivered], [event for event in failed if event not in delivered], posts)


def attempt(client: httpx.Client, event: Delivery, how: Push, sleep: Callable[[float], None]) -> tuple[int, bool]:
    """POST an event until it is received or its tries are used up; returns the tries, and whether it was received."""
    for number in range(1, how.tries + 1):
        if received(client, event, how):
            return number, True
        if number < how.tries:
            sleep(how.pause * 2 ** (number - 1))
    return how.tries, False


def received(client: httpx.Client, event: Delivery, how: Push) -> bool:
    """POST an event once; whether the receiver says that it has it."""
    headers = {
        "Content-Type": "application/json",
        "Event-Id": event.event_id,
        "Signature": sign(how.secret, event.event_id, event.body),
    }
    try:
        return client.post(how.url, content=event.body, headers=headers).is_success
    except httpx.TransportError:
        return False


class Receiver(LocalServer):
    """An endpoint at `url` that gives each genuine event to `handle(event_id, body)`; else it answers 401.

    A body of more than 1 MiB is not read to its end: the answer is 413. If `handle` raises, the answer is 500, and
    the event comes again. `posts` counts answers by status.
    """

    def __init__(self, secret: str, handle: Callable[[str, bytes], None]) -> None:
        self.posts: Counter[int] = Counter()
        self._secret, self._handle = secret, handle
        super().__init__(self._app())
        self.url += "/events"

    def _app(self) -> FastAPI:
        app = FastAPI(title="Webhooks")

        @app.post("/events")
        async def events(request: Request) -> Response:
            body, told = await body_of(request), request.headers
            status = 413 if body is None else self._answer(told.get("Event-Id", ""), body, told.get("Signature", ""))
            self.posts[status] += 1
            return Response(status_code=status)

        return app

    def _answer(self, event_id: str, body: bytes, signature: str) -> int:
        if not genuine(self._secret, event_id, body, signature):
            return 401
        try:
            self._handle(event_id, body)
        except Exception:
            return 500
        return 204


async def body_of(request: Request) -> bytes | None:
    """The body of a request; None as soon as it is known to be larger than LARGEST."""
    if int(request.headers.get("Content-Length", 0)) > LARGEST:
        return None
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            return None
    return body


class Webhooks(NamedTuple):
    """Events in the order of their pushes, and how they are pushed; `send()` does it."""

    events: list[Delivery]
    how: Push

    def __repr__(self) -> str:
        return f"Webhooks({len(self.events):,} pushes to {self.how.url})"

    def send(self, first: int = 0, last: int | None = None) -> Report:
        """Push the events from position `first` up to before `last` (None: all), and report how it went."""
        return push(self.events[first:last], self.how)
