"""Faults of those who ask, while another asks on: each is answered in words and counted, and nobody loses an answer.

Of the other faults, a worker that is killed is in `test_serve`, a damaged model in `test_saved` and `test_serve`, a
full disk in `test_full_disk`.
"""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest

from tests.serving.test_app import LONG, ROW, model, post, said, served

TIMES, SLOW = 10, 1.0  # SLOW: seconds that nobody but a slow client needs
get = partial(httpx.get, verify=False)  # certificates are loaded for a tenth of a second each time
HEAD = b"POST /score HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n"
BODIES = {
    "malformed": (b'{"amount": 20,', 400, "the body is no JSON"),
    "no object": (b"[1]", 400, "where a JSON object is expected"),
    "oversized": (b" " * 70_000, 413, "70,000 bytes, where 65,536 are the most"),
    "NaN": (b'{"amount": NaN, "attempts": 1, "zone": "north"}', 422, "amount is nan, which JSON has not"),
    "unknown category": (b'{"amount": 1, "attempts": 1, "zone": "moon"}', 422, "zone is 'moon', which is none of"),
    "a field too many": (b'{"amount": 1, "attempts": 1, "zone": "north", "x": 1}', 422, "x is no field of this model"),
}


@pytest.fixture(scope="module")
def place():
    with served(model(3), seconds=LONG, patience=SLOW) as (_, client):
        yield str(client.base_url).rstrip("/")


def counted(url):
    """How many answers there were, by status."""
    lines = [line for line in get(f"{url}/metrics").text.splitlines() if line.startswith("model_answers_total")]
    return {int(line.split('status="')[1][:3]): float(line.rpartition(" ")[2]) for line in lines}


def while_another_asks(url, fault):
    """What the fault's function of a client finds, often; the other one is always answered with a score."""
    clients = [httpx.Client(base_url=url, timeout=LONG, verify=False) for _ in "ab"]
    with ThreadPoolExecutor(1) as threads, clients[0] as client, clients[1] as strange:
        found = threads.submit(lambda: [fault(strange) for _ in range(TIMES)])
        scores = [post(client).json()["score"]]
        while not found.done():
            scores.append(post(client).json()["score"])
    assert set(scores) == {ROW["amount"]}
    return found.result(), len(scores)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_wrong(place, name):
    body, status, words = BODIES[name]
    before = counted(place)
    found, others = while_another_asks(place, lambda client: client.post("/score", content=body))
    assert [answer.status_code for answer in found] == [status] * TIMES
    assert all(words in answer.json()["detail"] and answer.json()["version"] == "3" for answer in found)
    after = counted(place)
    assert (after[status] - before.get(status, 0), after[200] - before.get(200, 0)) == (TIMES, others)


def test_clients_that_are_slow(place):
    before = counted(place)
    with ThreadPoolExecutor(TIMES) as threads:
        slow = [threads.submit(said, place, HEAD, b"{") for _ in range(TIMES)]
        while_another_asks(place, lambda _: None)
        answers = [future.result() for future in slow]
    assert all(" 408 " in answer and "the body did not come within 1 s" in answer for answer in answers)
    assert counted(place)[408] - before.get(408, 0) == TIMES


@pytest.mark.parametrize("begun", [b"", HEAD[:30]], ids=["nothing", "half a head"])
def test_clients_that_are_slow_before_there_is_a_request(place, begun):
    with ThreadPoolExecutor(TIMES) as threads:
        slow = [threads.submit(said, place, begun) for _ in range(TIMES)]
        while_another_asks(place, lambda _: None)
        answers = [future.result() for future in slow]
    assert all(" 408 " in answer and "the head of a request did not come within 1 s" in answer for answer in answers)


def test_a_client_that_is_slow_with_its_second_request(place):
    body, (host, port) = json.dumps(ROW).encode(), place.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), LONG) as connection:
        connection.sendall(HEAD.replace(b"100", b"%d" % len(body)) + body)
        assert b" 200 " in connection.recv(100)
        connection.sendall(HEAD[:30])
        assert b" 408 " in b"".join(iter(lambda: connection.recv(65_536), b""))


def test_clients_that_leave(place):
    host, port = place.removeprefix("http://").split(":")

    def leaves(_):
        with socket.create_connection((host, int(port)), LONG) as connection:
            connection.sendall(HEAD + b"{")

    while_another_asks(place, leaves)


def test_a_model_that_fails_on_some_rows():
    def fails(table):
        if (table["amount"] == 13).any():
            raise ZeroDivisionError("thirteen")

    with served(model(3, does=fails), seconds=LONG, patience=LONG) as (_, client):
        url = str(client.base_url).rstrip("/")
        found, others = while_another_asks(url, lambda client: post(client, amount=13))
        assert [answer.status_code for answer in found] == [500] * TIMES
        assert all("ZeroDivisionError: thirteen" in answer.json()["detail"] for answer in found)
        assert counted(url) == {500: TIMES, 200: others}
