import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from dataml_lab.store import Store
from dataml_lab.store.http import LocalServer
from dataml_lab.store.webhooks import Receiver

APP = FastAPI(title="An application")


@APP.get("/")
def root():
    return "here"


def test_it_serves_until_it_is_stopped():
    with LocalServer(APP) as server:
        assert httpx.get(server.url).json() == "here" and server.runs
    server.stop()
    assert not server.runs
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_one_that_does_not_start_says_so(monkeypatch):
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: None)
    with pytest.raises(RuntimeError, match="An application did not start"):
        LocalServer(APP)


def test_every_server_of_the_shop_is_one():
    small = Store(users=5, days=20)
    for server in (small.serve(), small.crm(), Receiver("s", print)):
        with server:
            assert isinstance(server, LocalServer) and server.runs
