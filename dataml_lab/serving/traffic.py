"""Questions to an endpoint from a process of its own, so that asking takes nothing of the server's process.

Run by its path, this file asks as it is told on its input: it needs nothing but Python's own.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import pandas as pd

LATEST = 30.0  # seconds that the process has after the last question, to be answered and to end
UNANSWERED = 0  # the status of a question whose connection broke


class Asked(NamedTuple):
    """A question: which row, how long the answer took, its status, and what it says: None without a score."""

    row: int
    ms: float
    status: int
    score: float | None = None
    version: str = ""


def traffic(url: str, rows: Sequence[Mapping[str, Any]], clients: int, seconds: float) -> "pd.DataFrame":
    """So many clients ask `POST /score` for so many seconds, each again when it is answered, once at least.

    The rows are asked in turn, and from the beginning after the last. The frame has a row for each question, with the
    fields of `Asked`. RuntimeError where nobody can be reached.
    """
    import pandas as pd

    told = json.dumps({"url": url, "rows": list(rows), "clients": clients, "seconds": seconds})
    ended = subprocess.run([sys.executable, "-P", __file__], input=told, capture_output=True, text=True,
                           timeout=seconds + LATEST)
    if ended.returncode:
        raise RuntimeError(f"{url}: {(ended.stderr.splitlines() or ['the process ended'])[-1]}")
    return pd.DataFrame(json.loads(ended.stdout), columns=Asked._fields)


async def asked(url: str, rows: Sequence[Mapping[str, Any]], clients: int, seconds: float) -> list[Asked]:
    """All questions of the clients, in the order of their answers."""
    host, requests, found = urlsplit(url), [request_of(row) for row in rows], []
    turn = iter(range(sys.maxsize))
    connections = [await asyncio.open_connection(host.hostname, host.port) for _ in range(clients)]
    end = time.perf_counter() + seconds

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            found.append(await question(next(turn) % len(rows), requests, reader, writer))
            if found[-1].status == UNANSWERED or time.perf_counter() >= end:
                return writer.close()

    await asyncio.gather(*(client(*connection) for connection in connections))
    return found


async def question(row: int, requests: Sequence[bytes], reader: asyncio.StreamReader,
                   writer: asyncio.StreamWriter) -> Asked:
    """Asks for the score of a row."""
    begun = time.perf_counter()
    try:
        status, body = await answer_to(requests[row], reader, writer)
    except (OSError, asyncio.IncompleteReadError):
        status, body = UNANSWERED, b"{}"
    ms, said = 1_000 * (time.perf_counter() - begun), json.loads(body)
    return Asked(row, ms, status, said.get("score"), said.get("version", ""))


def request_of(row: Mapping[str, Any]) -> bytes:
    """A request for the score of a row, as it is sent."""
    body = json.dumps(row).encode()
    return (b"POST /score HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n%b" % (len(body), body))


async def answer_to(request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[int, bytes]:
    """The status and the body of the answer."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    return int(head[9:12]), await reader.readexactly(length)


def main() -> None:
    """Asks as told, and prints what was found."""
    told = json.load(sys.stdin)
    json.dump(asyncio.run(asked(**told)), sys.stdout)


if __name__ == "__main__":
    main()
