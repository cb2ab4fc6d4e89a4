"""Clients that ask an endpoint without a pause while it changes: a change can wait for their answers, and no answer is
lost. To measure latency, `traffic` asks from a process of its own."""

import math
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import httpx
import pandas as pd

from dataml_lab.serving.client import body_of

SECONDS = 60.0  # that a wait, and a request, may take


class Answered(NamedTuple):
    """A request: seconds from the start of the clients to its answer, the answer's status of HTTP (0 where none came),
    the model's version, and the score (NaN without one)."""

    at: float
    status: int
    version: str
    score: float


class Clients:
    """Clients in threads of this process that ask `POST /score` for the scores of rows in turn, each again as soon as
    it is answered, until `stop()` or the end of a `with`.

    Parameters
    ----------
    url : of the endpoint
    rows : that are asked for, again and again
    number : of clients
    """

    def __init__(self, url: str, rows: Sequence[Mapping[str, Any]], number: int = 4) -> None:
        self._url, self._bodies, self._begun = url, [body_of(row) for row in rows], time.perf_counter()
        self._answers: list[Answered] = []
        self._counts, self._changed, self._stopped = Counter(), threading.Condition(), threading.Event()
        starts = [client * len(rows) // number for client in range(number)]
        self._threads = [threading.Thread(target=self._ask, args=(start,), daemon=True) for start in starts]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait(self, version: str, answers: int) -> None:
        """Waits for so many more answers of a version; TimeoutError after `SECONDS`."""
        with self._changed:
            enough = self._counts[version] + answers
            if not self._changed.wait_for(lambda: self._counts[version] >= enough, SECONDS):
                found = self._counts[version]
                raise TimeoutError(f"version {version!r} gave {found} answers, not {enough}, in {SECONDS:g} s")

    def stop(self) -> None:
        """Ends them, once the requests under way are answered."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def frame(self) -> pd.DataFrame:
        """All answers so far, as they came: the columns of `Answered`."""
        with self._changed:
            return pd.DataFrame(self._answers, columns=Answered._fields)

    def _ask(self, place: int) -> None:
        """What a client does, from a row on."""
        with httpx.Client(base_url=self._url, timeout=SECONDS, headers={"content-type": "application/json"}) as http:
            while not self._stopped.is_set():
                status, version, score = answer_to(http, self._bodies[place % len(self._bodies)])
                place += 1
                with self._changed:
                    self._answers.append(Answered(time.perf_counter() - self._begun, status, version, score))
                    self._counts[version] += 1
                    self._changed.notify_all()


def answer_to(http: httpx.Client, body: bytes) -> tuple[int, str, float]:
    """The status, the version and the score; status 0 and no version where no answer came."""
    try:
        response = http.post("/score", content=body)
    except httpx.TransportError:
        return 0, "", math.nan
    score = response.json()["score"] if response.status_code == httpx.codes.OK else math.nan
    return response.status_code, response.headers.get("model-version", ""), score
