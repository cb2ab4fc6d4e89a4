import asyncio
import json
import os
import signal
import socket
import subprocess
import sys

import httpx
import numpy as np
import pytest

from dataml_lab.store import Faults, Store

SMALL = Store(users=120, days=60, seed=4)


@pytest.fixture(scope="module")
def calm():
    server = SMALL.serve(("orders", "products"), busy_every=None, fail_every=None, page=50)
    with server, httpx.Client(base_url=server.url) as client:
        yield client


def records(lines):
    """What the API should serve for these lines."""
    return [json.loads(line) if line.endswith("}") else {"unreadable": line} for line in lines]


def pages(client, **query):
    """Every page until an empty one."""
    while True:
        answer = client.get("/orders", params=query)
        assert answer.status_code == 200 and set(answer.json()) == {"data", "next_cursor"}
        yield answer.json()["data"]
        if not answer.json()["data"]:
            return
        query = {**query, "cursor": answer.json()["next_cursor"]}


@pytest.mark.parametrize("limit", [None, 1, 7, 1_000])
def test_pages_hold_every_line_once_in_the_order_of_arrival(calm, limit):
    found = [*pages(calm, **({"limit": limit} if limit else {}))]
    assert [record for page in found for record in page] == records(SMALL.raw("orders").lines)
    assert {len(page) for page in found[:-2]} == {
        min(limit or 50, len(records(SMALL.raw("orders").lines)))
    } or limit == 1_000


def test_the_last_cursor_stays_where_a_later_pull_goes_on(calm):
    last = calm.get("/orders", params={"limit": 1_000}).json()["next_cursor"]
    again = calm.get("/orders", params={"cursor": last})
    assert again.json() == {"data": [], "next_cursor": last}


def test_since_is_inclusive_and_keeps_ties(calm):
    raw = SMALL.raw("orders")
    moments, sizes = np.unique(raw.received_at, return_counts=True)
    tied = moments[sizes > 1][0]
    first = int(np.flatnonzero(raw.received_at == tied)[0])
    for text in (f"{tied}Z", f"{np.datetime_as_string(tied + np.timedelta64(2, 'h'))}+02:00"):
        assert [r for page in pages(calm, since=text) for r in page] == records(raw.lines[first:])


def test_ties_straddle_the_borders_of_pages(store):
    at = store.raw("orders").received_at
    borders = np.arange(250, len(at), 250)
    assert (at[borders - 1] == at[borders]).sum() >= 3


def test_a_broken_line_comes_as_text():
    broken = SMALL.raw("orders", Faults(malformed=0.2)).lines
    with SMALL.serve(faults=Faults(malformed=0.2), busy_every=None, fail_every=None) as server:
        data = httpx.get(server.url + "/orders", params={"limit": 1_000}).json()["data"]
    assert data == records(broken) and any("unreadable" in record for record in data)


@pytest.mark.parametrize(
    ("path", "query", "status", "sentence"),
    [
        ("/orders", {"cursor": "nonsense"}, 400, "'nonsense' is no cursor of orders"),
        ("/orders", {"cursor": "é"}, 400, "is no cursor of orders"),
        ("/orders", {"cursor": "b3JkZXJzOjk5OTk5OTk="}, 400, "is no cursor of orders"),
        ("/orders", {"limit": "0"}, 400, "limit='0': a whole number from 1 to 1,000"),
        ("/orders", {"limit": "1001"}, 400, "a whole number from 1 to 1,000"),
        ("/orders", {"limit": "ten"}, 400, "a whole number from 1 to 1,000"),
        ("/orders", {"since": "2025-03-01T12:00:00"}, 400, "a time with its UTC offset"),
        ("/orders", {"since": "monday"}, 400, "a time with its UTC offset"),
        ("/refunds", {}, 404, "There is no 'refunds' here: there is orders, products."),
    ],
)
def test_a_bad_request_gets_a_sentence(calm, path, query, status, sentence):
    answer = calm.get(path, params=query)
    assert answer.status_code == status and sentence in answer.json()["detail"]


def test_a_cursor_belongs_to_its_table(calm):
    cursor = calm.get("/products").json()["next_cursor"]
    assert calm.get("/orders", params={"cursor": cursor}).status_code == 400
    assert calm.get("/products", params={"cursor": cursor}).status_code == 200


def test_it_is_busy_and_fails_by_count():
    with SMALL.serve(busy_every=10, fail_every=4, retry_after=2) as server:
        for _ in range(3):
            assert httpx.get(server.url + "/health").json() == {"status": "ok"}  # not counted
        answers = [httpx.get(server.url + "/orders", params={"limit": 1}) for _ in range(20)]
    found = {number: answer.status_code for number, answer in enumerate(answers, 1) if answer.status_code != 200}
    assert found == {4: 500, 8: 500, 10: 429, 12: 500, 16: 500, 20: 429}
    assert answers[9].headers["Retry-After"] == "2" and "2 s" in answers[9].json()["detail"]
    assert answers[3].json() == {"detail": "The shop failed to answer: ask again."}


def test_stopping_frees_the_port_and_may_be_repeated():
    server = SMALL.serve()
    port = int(server.url.rpartition(":")[2])
    assert "serves /orders" in repr(server)
    server.stop()
    server.stop()
    assert "stopped" in repr(server)
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_stopping_does_not_wait_for_an_open_connection():
    server = SMALL.serve()
    with httpx.Client(base_url=server.url) as client:
        client.get("/orders")
        server.stop()
    assert "stopped" in repr(server)


def test_one_table_may_be_given_by_its_name():
    with SMALL.serve("payments") as server:
        assert httpx.get(server.url + "/payments").status_code == 200
    with pytest.raises(ValueError, match="no table 'payment'"):
        SMALL.serve("payment")


def test_it_serves_from_inside_a_running_loop():
    async def cell():
        with SMALL.serve() as server:
            async with httpx.AsyncClient(base_url=server.url) as client:
                return (await client.get("/orders")).status_code

    assert asyncio.run(cell()) == 200


@pytest.mark.parametrize("arguments", [{"page": 0}, {"busy_every": 1}, {"fail_every": 0}, {"retry_after": -1}])
def test_bad_arguments_are_named(arguments):
    name, value = next(iter(arguments.items()))
    with pytest.raises(ValueError, match=rf"serve\({name}={value}\)"):
        SMALL.serve(**arguments)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("end", [pytest.param("exit", marks=pytest.mark.full), "kill"])
def test_it_is_gone_with_its_process(end):
    code = (
        "import sys; from dataml_lab.store import Store;"
        "print(Store(users=5, days=20).serve().url, flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    url = process.stdout.readline().strip()
    assert httpx.get(url + "/health").status_code == 200
    if end == "exit":
        process.stdin.close()
    else:
        os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url + "/health")


def test_requests_are_not_held_back_by_nagles_algorithm():
    with SMALL.serve() as server:
        (listening,) = server._server.servers
        assert {sock.proto for sock in listening.sockets} == {socket.IPPROTO_TCP}
