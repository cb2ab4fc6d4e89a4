"""Connections that clients can't hold by being slow: the head of a request has its time, as its body has in `app`."""

import asyncio
import json
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class Impatient(H11Protocol):
    """A connection that is answered 408, and ended, where the head of a request doesn't come within so many seconds,
    from the connection's start, and later from the request's first byte."""

    def __init__(self, *arguments: Any, seconds: float, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._seconds, self._timer = seconds, None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """See `asyncio.Protocol`."""
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        super().data_received(data)
        self._wait_for_head()

    def connection_lost(self, error: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        super().connection_lost(error)
        self._stop_waiting()

    def _wait_for_head(self) -> None:
        """Begins to wait, or goes on, where no request is under way; else the head has come."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._timer is None:
            self._timer = self.loop.call_later(self._seconds, self._end)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self) -> None:
        """Answers, and ends the connection."""
        body = json.dumps({"detail": f"the head of a request did not come within {self._seconds:g} s"}).encode()
        headers = {"content-type": "application/json", "content-length": str(len(body)), "connection": "close"}
        if not self.transport.is_closing():
            head = h11.Response(status_code=408, headers=[*headers.items()])
            for event in (head, h11.Data(body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event))
            self.transport.close()
