"""Web applications served from a thread of this process."""

import os
import socket
import threading
import time
from typing import Any, Self

import uvicorn
from fastapi import FastAPI


def listening(host: str, port: int) -> socket.socket:
    """A socket at a port, or at any that is free for 0."""
    # With protocol 0 instead of IPPROTO_TCP asyncio leaves Nagle's algorithm on: 48 ms a request.
    place = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name != "nt":
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port that was left this minute
    place.bind((host, port))
    return place


class LocalServer:
    """An application served on a free port of 127.0.0.1: `url` says where.

    `stop()` ends it, as does the end of a `with` or of the process.
    """

    def __init__(self, app: FastAPI, **more: Any) -> None:
        """Start it, with what else uvicorn is told; RuntimeError if it doesn't start."""
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1, **more)
        )
        self._socket = listening("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, name=app.title, daemon=True)
        self._thread.start()
        while not self._server.started:
            if not self.runs:
                raise RuntimeError(f"{app.title} did not start: its thread ended")
            time.sleep(0.005)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def runs(self) -> bool:
        """Whether it still serves."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End the server and free its port; a second time does nothing."""
        self._server.should_exit = True
        self._thread.join()

    def _run(self) -> None:
        with self._socket:
            self._server.run(sockets=[self._socket])
