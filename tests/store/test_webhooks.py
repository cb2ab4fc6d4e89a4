import json
import socket

import httpx
import numpy as np
import pytest

from dataml_lab.store import Store
from dataml_lab.store.webhooks import Push, Receiver, Report, deliveries, push, sign

SMALL = Store(users=120, days=30, seed=4)
RAW = SMALL.raw("orders")
EVENTS = {f"orders-{number}": line.encode() for number, line in enumerate(RAW.lines, 1)}


class Inbox:
    """What came, in order; the POSTs of these numbers (from 1) are not taken."""

    def __init__(self, refuse=()):
        self.came, self.posts, self.refuse = [], 0, refuse

    def __call__(self, event_id, body):
        self.posts += 1
        if self.posts in self.refuse:
            raise OSError("the disk is full")
        self.came.append((event_id, body))


def test_every_record_comes_signed_and_some_twice_and_out_of_order():
    inbox = Inbox()
    with Receiver("s3cret", inbox) as receiver:
        hooks = SMALL.webhooks(receiver.url, "s3cret")
        report = hooks.send()
    assert dict(inbox.came) == EVENTS and len(inbox.came) > len(EVENTS)
    assert sorted(report.delivered) == sorted(EVENTS) and not report.failed
    assert report.posts == len(inbox.came) == len(hooks.events)
    firsts = list(dict(inbox.came))
    assert firsts != list(EVENTS) and receiver.posts == {204: report.posts}


def test_equal_stores_push_alike_and_none_of_it_can_be_had():
    hooks = SMALL.webhooks("http://nowhere", "s")
    assert hooks.events == Store(users=120, days=30, seed=4).webhooks("http://other", "t").events
    calm = SMALL.webhooks("http://nowhere", "s", repeated=0, displaced=0)
    assert [(event.event_id, event.body) for event in calm.events] == [*EVENTS.items()]
    both = SMALL.webhooks("http://nowhere", "s", repeated=1, displaced=0)
    assert len(both.events) == 2 * len(EVENTS)


def test_no_event_is_moved_further_than_its_reach():
    order = [event.event_id for event in deliveries(RAW, np.random.default_rng(1), 0, 0.3, 5)]
    moved = [order.index(event_id) - place for place, event_id in enumerate(EVENTS)]
    assert max(moved) in range(1, 6) and min(moved) >= -5


def test_a_failure_is_tried_again_after_pauses_that_double():
    inbox, pauses = Inbox(refuse=(2, 3, 4)), []
    with Receiver("s", inbox) as receiver:
        hooks = SMALL.webhooks(receiver.url, "s", repeated=0, displaced=0)
        report = push(hooks.events[:5], hooks.how._replace(tries=4, pause=0.5), pauses.append)
    assert pauses == [0.5, 1.0, 2.0] and report.posts == 8 and not report.failed
    assert [event_id for event_id, _ in inbox.came] == list(EVENTS)[:5] and receiver.posts == {204: 5, 500: 3}


def test_what_never_arrives_is_reported_and_holds_nothing_back():
    inbox = Inbox(refuse=(1, 2, 3))
    with Receiver("s", inbox) as receiver:
        report = SMALL.webhooks(receiver.url, "s", repeated=0, displaced=0, tries=3, pause=0).send(0, 3)
    assert report.failed == ["orders-1"] and report.delivered == ["orders-2", "orders-3"]
    assert repr(report) == "Report(2 delivered, 1 failed, in 5 POSTs)"


def test_nobody_there_is_a_failure_and_no_error():
    report = SMALL.webhooks("http://127.0.0.1:1/", "s", repeated=0, displaced=0, tries=2, pause=0).send(0, 2)
    assert report == Report([], ["orders-1", "orders-2"], 4)


def test_a_forged_event_is_refused():
    inbox = Inbox()
    with Receiver("s", inbox) as receiver:
        forged = {"Event-Id": "orders-1", "Signature": sign("guess", "orders-1", b"{}")}
        assert httpx.post(receiver.url, content=b"{}", headers=forged).status_code == 401
        moved = {"Event-Id": "orders-2", "Signature": sign("s", "orders-1", b"{}")}
        assert httpx.post(receiver.url, content=b"{}", headers=moved).status_code == 401
        assert httpx.post(receiver.url, content=b"{}").status_code == 401
        right = {"Event-Id": "orders-1", "Signature": sign("s", "orders-1", b"{}")}
        assert httpx.post(receiver.url, content=b"{}", headers=right).status_code == 204
    assert inbox.came == [("orders-1", b"{}")]


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize(("size", "status"), [(2**20, 204), (2**20 + 1, 413)])
def test_a_body_that_is_too_large_is_refused(announced, size, status):
    inbox, body = Inbox(), b"x" * size
    headers = {"Event-Id": "orders-1", "Signature": sign("s", "orders-1", body)}
    with Receiver("s", inbox) as receiver:
        content = body if announced else iter([body[:-1], body[-1:]])
        assert httpx.post(receiver.url, content=content, headers=headers).status_code == status
        assert receiver.posts == {status: 1}
    assert len(inbox.came) == (status == 204)


@pytest.mark.parametrize("header", ["Content-Length: 99999999999", "Transfer-Encoding: chunked"])
def test_a_body_that_is_too_large_is_not_awaited(header):
    """The sender says a large one is coming, or has sent as much, and then waits for the answer."""
    part = b"200000\r\n" + b"x" * 2**21 if "chunked" in header else b"x"
    with Receiver("s", Inbox()) as receiver:
        host, port = receiver.url.removeprefix("http://").removesuffix("/events").split(":")
        with socket.create_connection((host, int(port)), timeout=5) as sender:
            sender.sendall(f"POST /events HTTP/1.1\r\nHost: {host}\r\n{header}\r\n\r\n".encode() + part)
            assert sender.recv(12) == b"HTTP/1.1 413"


def test_a_body_is_the_raw_line():
    body = SMALL.webhooks("http://nowhere", "s", repeated=0, displaced=0).events[0].body
    assert json.loads(body)["order_id"] and body.decode() == RAW.lines[0]


@pytest.mark.parametrize(
    "arguments", [{"repeated": 1.5}, {"displaced": -0.1}, {"reach": 0}, {"tries": 0}, {"pause": -1}, {"timeout": 0}]
)
def test_bad_arguments_are_named(arguments):
    name, value = next(iter(arguments.items()))
    with pytest.raises(ValueError, match=rf"webhooks\({name}={value}\)"):
        SMALL.webhooks("http://nowhere", "s", **arguments)


def test_an_address_needs_its_scheme():
    with pytest.raises(ValueError, match="webhooks\\(url='localhost:1'\\): an address with http"):
        SMALL.webhooks("localhost:1", "s")
    assert Push("http://a", "s", 1, 0, 1).tries == 1
