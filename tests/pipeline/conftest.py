"""A raw order, a shop's API on a local port, and a fuse that blows at the n-th durable operation."""

import io
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import duckdb
import httpx
import pandas as pd
import pytest

from dataml_lab.pipeline import Batch
from dataml_lab.pipeline.ingest import Record

RAW = {
    "order_id": 17,
    "user_id": 3,
    "product_id": 5,
    "quantity": 1,
    "total": 42.5,
    "status": "completed",
    "channel": "web",
    "occurred_at": "2025-03-01T12:00:00+02:00",
    "received_at": "2025-03-01T10:00:03Z",
}


@pytest.fixture(scope="session")
def raw():
    return lambda **changes: {**RAW, **changes}


@pytest.fixture(scope="session")
def batch():
    """A batch of dicts, as if read from one file."""
    return lambda rows: Batch([Record("a.jsonl", n, json.dumps(r), r) for n, r in enumerate(rows, 1)], [])


class Api:
    """Serves `records`; `answers` (status, headers, body) come first; `on_request(n)` hears of each."""

    def __init__(self, records):
        self.records, self.answers, self.requests = list(records), [], []
        self.on_request = lambda n: None
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                query = parse_qs(urlsplit(self.path).query)
                api.requests.append(query)
                api.on_request(len(api.requests))
                status, headers, body = api.answers.pop(0) if api.answers else (200, {}, api.page(query))
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def page(self, query):
        start, limit = int(query.get("cursor", ["0"])[0]), int(query["limit"][0])
        data = self.records[start : start + limit]
        return json.dumps({"data": data, "next_cursor": str(start + len(data))}).encode()


@pytest.fixture
def shop():
    """Opens APIs, and closes them in the end."""
    opened = []

    def serve(records):
        opened.append(Api(records))
        return opened[-1]

    yield serve
    for api in opened:
        api.server.shutdown()
        api.server.server_close()


@pytest.fixture
def no_waiting(monkeypatch):
    """Waits between tries take no time."""
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)


@pytest.fixture
def users():
    return pd.DataFrame({"user_id": [3, 4], "country": ["DE", "FR"]})


@pytest.fixture
def products():
    return pd.DataFrame({"product_id": [5, 6], "category": ["toys", "books"]})


class Crash(BaseException):
    """The process is gone: nothing may catch this and go on."""


class Fuse:
    """Counts the durable operations in its `with` and raises `fault` at the n-th; a Crash ends there."""

    def __init__(self, n, fault):
        self.left, self.fault, self.lit = n, fault, False

    def __enter__(self):
        self.lit = True
        return self

    def __exit__(self, kind, *_):
        self.lit = False
        return kind is Crash

    def burn(self):
        if self.lit:
            self.left -= 1
            if self.left == 0:
                raise self.fault

    @property
    def blew(self):
        return self.left <= 0


class FusedFile:
    """A file whose write, when the fuse blows, leaves half of what was to be written."""

    def __init__(self, file, fuse):
        self.file, self.fuse = file, fuse

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def __getattr__(self, name):
        return getattr(self.file, name)

    def write(self, data):
        try:
            self.fuse.burn()
        except BaseException:
            self.file.write(data[: len(data) // 2])
            raise
        return self.file.write(data)

    def writelines(self, lines):
        for line in lines:
            self.write(line)


class FusedConnection:
    """A DuckDB connection that burns the fuse before every commit."""

    def __init__(self, connection, fuse):
        self.connection, self.fuse = connection, fuse

    def __getattr__(self, name):
        return getattr(self.connection, name)

    def execute(self, sql, *args):
        if sql == "COMMIT":
            self.fuse.burn()
        return self.connection.execute(sql, *args)


@pytest.fixture
def fused(monkeypatch):
    """fused(n, fault) lays a fuse that burns at each write, fsync, rename, HTTP request and commit."""
    real = {"replace": os.replace, "fsync": os.fsync}
    opening, sending, connecting = Path.open, httpx.Client.send, duckdb.connect

    def lay(n, fault=None):
        fuse = Fuse(n, fault or Crash())

        def burning(work):
            return lambda *args, **kwargs: (fuse.burn(), work(*args, **kwargs))[1]

        def fused_open(path, mode="r", *args, **kwargs):
            file = opening(path, mode, *args, **kwargs)
            return FusedFile(file, fuse) if "w" in mode else file

        for name, work in real.items():
            monkeypatch.setattr(os, name, burning(work))
        monkeypatch.setattr(Path, "open", fused_open)
        monkeypatch.setattr(httpx.Client, "send", burning(sending))
        monkeypatch.setattr(duckdb, "connect", lambda path: FusedConnection(connecting(path), fuse))
        return fuse

    return lay


@pytest.fixture
def terminal():
    """A standard error that says it is a terminal."""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    return Terminal()
