"""The endpoint of a saved model, asked over HTTP: each answer is in words, and names the model's version."""

import json
import math
import re
import socket
import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager

import httpx
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataml_lab.serving.client import Remote, Unanswered
from dataml_lab.serving.fallback import BadInput
from dataml_lab.serving.saved import Model, ModelError
from dataml_lab.serving.schema import Column, Schema
from dataml_lab.serving.serve import Server
from dataml_lab.serving.service import Service, Settings
from dataml_lab.serving.validate import example

LONG = 60.0  # seconds, never reached
SCHEMA = Schema((Column("amount", "number", low=0, high=1000), Column("attempts", "whole", low=1),
                 Column("zone", "category", categories=("north", "süd")), Column("age", "number", missing=True)))
ROW = {"amount": 20.0, "attempts": 1, "zone": "north", "age": None}


class Estimator:
    """A number for each row: its amount, plus what was given; `does` may fail or wait before."""

    def __init__(self, plus=0.0, does=lambda table: None):
        self.plus, self.does = plus, does

    def predict(self, table: pd.DataFrame) -> np.ndarray:
        self.does(table)
        return table["amount"].to_numpy() + self.plus


def model(version=1, schema=SCHEMA, **more):
    return Model("toll", version, schema, {}, "", Estimator(**more))


def one_by_one(*models):
    """The next of these models with each look, then none; what is an exception is raised."""
    models = list(models)

    def newest(_):
        found = models.pop(0) if models else None
        if isinstance(found, Exception):
            raise found
        return found

    return newest


@contextmanager
def served(*models, shadow=(), **settings):
    """A server of the first model, which takes the next with each `refresh()`, as does the shadow; and a client."""
    service = Service(one_by_one(*models), Settings(every=0, **settings), shadow=one_by_one(*shadow))
    with Server(service) as server, httpx.Client(base_url=server.url, timeout=LONG, verify=False) as client:
        yield service, client


@pytest.fixture(scope="module")
def client():
    with served(model(3)) as (_, client):
        yield client


def post(client, row=ROW, **changes):
    return client.post("/score", json={**row, **changes})


def test_a_score_comes_with_the_model_and_its_version(client):
    answer = post(client)
    assert answer.json() == {"score": 20.0, "model": "toll", "version": "3"}
    assert answer.headers["model-version"] == "3" and answer.status_code == 200


WRONG = {
    b"": (400, "no JSON"),
    b'{"amount": 20,': (400, "at letter 15"),
    b"[1, 2]": (400, "a list, where a JSON object is expected"),
    b"null": (400, "the body is null"),
    b'{"amount": 1, "amount": 2}': (400, "'amount' twice"),
    b"\xff\xfe{": (400, "utf-16|no JSON"),
    b'{"amount": "\xff"}': (400, "no text in utf-8: byte 13"),
    b"[" * 60_000: (400, "nested too deeply"),
    b'{"amount": ' + b"1" * 5_000 + b"}": (400, "too long"),
    b" " * 70_000: (413, "70,000 bytes, where 65,536 are the most"),
}


@pytest.mark.parametrize("body", WRONG, ids=range(len(WRONG)))
def test_a_body_that_is_no_row_is_refused_in_words(client, body):
    status, told = WRONG[body]
    answer = client.post("/score", content=body)
    assert answer.status_code == status and re.search(told, answer.json()["detail"])
    assert answer.headers["model-version"] == answer.json()["version"] == "3"


@pytest.mark.parametrize(("text", "field", "told"), [
    ('"amount": NaN', "amount", "is nan, which JSON has not"),
    ('"amount": -Infinity', "amount", "is -inf, which JSON has not"),
    ('"amount": 1e999', "amount", "is inf"),
    ('"amount": 1' + "0" * 400, "amount", "more digits"),
    ('"amount": -1', "amount", "is -1, where 0 is the least"),
    ('"amount": 1001', "amount", "where 1000 is the greatest"),
    ('"amount": "20"', "amount", "is '20', where a number is expected"),
    ('"amount": true', "amount", "is true, where a number is expected"),
    ('"amount": null', "amount", "is missing"),
    ('"amount": [1]', "amount", "where a number is expected"),
    ('"attempts": 1.5', "attempts", "is 1.5, where a whole number is expected"),
    ('"zone": "east"', "zone", "is 'east', which is none of 'north', 'süd'"),
    ('"zone": "\\ud800"', "zone", "is none of"),
    ('"zone": {"a": 1}', "zone", "where a category is expected"),
    ('"age": NaN', "age", "a missing value is null"),
    ('"amuont": 1', "amuont", "is no field of this model"),
])
def test_a_wrong_value_is_refused_with_its_field(client, text, field, told):
    row = json.dumps({name: value for name, value in ROW.items() if f'"{name}"' not in text})
    answer = client.post("/score", content=f"{row[:-1]}, {text}}}")
    assert answer.status_code == 422 and list(answer.json()["fields"]) == [field]
    assert told in answer.json()["fields"][field] and answer.json()["detail"].startswith(field)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
                    max_leaves=5)
ROWS = st.fixed_dictionaries({}, optional=dict.fromkeys(ROW, JSON | st.sampled_from(list(ROW.values()))))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=50) | ROWS.map(lambda row: json.dumps(row).encode()))
def test_whatever_comes_is_answered_in_words(client, body):
    answer = client.post("/score", content=body)
    assert answer.status_code in (200, 400, 422) and answer.json()["version"] == "3"
    assert "score" in answer.json() if answer.status_code == 200 else answer.json()["detail"]


@pytest.mark.parametrize(("low", "high", "value"), [(-math.inf, math.inf, 0), (0.5, 7, 1), (3, 7, 3), (-7, -0.5, -1)])
def test_the_row_that_a_model_is_tried_on_has_no_problem(low, high, value):
    tried = Schema((Column("attempts", "whole", low, high), *SCHEMA.columns[2:], Column("new", "flag")))
    assert example(tried)["attempts"] == value and not tried.problems(example(tried))


def test_what_there_is_to_know(client):
    assert client.get("/health").json() == {"status": "ok", "version": "3"}
    assert client.get("/ready").json() == {"status": "ready", "trouble": "", "version": "3"}
    fields = client.get("/schema").json()["fields"]
    assert Schema.from_data(fields) == SCHEMA
    for answer, status in ((client.get("/nothing"), 404), (client.get("/score"), 405)):
        assert answer.status_code == status and answer.json()["detail"] and answer.headers["model-version"] == "3"


def test_what_is_counted_is_what_was_answered():
    with served(model(3, plus=-19.5)) as (_, client):
        for changes in ({}, {}, {"amount": 20.3}, {"amount": -1}):
            post(client, **changes)
        answer = client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=") and "model-version" in answer.headers
        for line in ("answers_total{status='200',version='3'} 3.0", "answers_total{status='422',version='3'} 1.0",
                     "score_bucket{le='0.5',version='3'} 2.0", "score_bucket{le='0.85',version='3'} 3.0",
                     "latency_seconds_count{version='3'} 4.0"):
            assert f"\nmodel_{line}\n".replace("'", '"') in answer.text


def fails(table):
    if (table["amount"] == 13).any():
        raise ZeroDivisionError("thirteen")


def test_a_model_that_fails_on_a_row_says_so_and_scores_the_next():
    with served(model(does=fails)) as (_, client):
        answer = post(client, amount=13)
        assert answer.status_code == 500 and "ZeroDivisionError: thirteen" in answer.json()["detail"]
        assert post(client).status_code == 200


class Gate:
    """What lets a model wait, from the second time that it is asked, for `go`."""

    def __init__(self):
        self.asked, self.inside, self.go = 0, threading.Event(), threading.Event()

    def __call__(self, table):
        self.asked += 1
        if self.asked > 1:
            self.inside.set()
            assert self.go.wait(LONG)


def test_a_model_that_hangs_is_overdue_while_the_process_lives_and_another_takes_over():
    gate = Gate()
    with served(model(1, does=gate), model(2), seconds=0.05) as (service, client):
        answer = post(client)
        assert answer.status_code == 503 and "did not score the row within 0.05 s" in answer.json()["detail"]
        assert answer.headers["retry-after"] == "1"
        assert client.get("/health").status_code == 200
        assert service.refresh() and service.state == "ready"
        gate.go.set()
    assert service.version == "2"


def test_more_rows_than_may_wait_are_refused_at_once():
    gate = Gate()
    with served(model(does=gate), waiting=1, seconds=LONG) as (_, client), ThreadPoolExecutor(3) as threads:
        first = threads.submit(post, client)
        assert gate.inside.wait(LONG)
        others = [threads.submit(post, client) for _ in range(2)]
        (refused, *_), _ = wait(others, return_when=FIRST_COMPLETED)  # the other one waits
        assert refused.result().json()["detail"] == "the queue is full, of 1: come again"
        gate.go.set()
        assert sorted(future.result().status_code for future in [first, *others]) == [200, 200, 503]


def test_without_a_model_it_lives_and_is_not_ready_until_there_is_one():
    with served(ModelError("model.skops: the file is not what was saved"), model(1)) as (service, client):
        assert client.get("/health").status_code == 200
        ready = client.get("/ready")
        assert ready.status_code == 503 and "model.skops: the file is not" in ready.json()["trouble"]
        answer = post(client)
        assert answer.status_code == 503 and "model.skops" in answer.json()["detail"]
        assert service.refresh() and post(client).status_code == 200


@pytest.mark.parametrize("bad", [model(2, does=lambda table: 1 / 0), model(2, schema=Schema(()))])
def test_a_newer_model_that_can_not_score_does_not_take_over(bad):
    with served(model(1), bad) as (service, client):
        assert not service.refresh()
        assert post(client).json()["version"] == "1"
        ready = client.get("/ready")
        assert ready.status_code == 200 and "Error" in ready.json()["trouble"]
        assert 'model_swaps_total{outcome="failed",version="1"} 1.0' in client.get("/metrics").text


def test_models_take_over_under_traffic_and_no_request_fails():
    versions = [model(number, plus=float(number)) for number in range(1, 13)]
    answers, stop = [], threading.Event()

    def ask(url):
        with httpx.Client(base_url=url, timeout=LONG, verify=False) as client:
            while not stop.is_set():
                answers.append(post(client))

    with served(*versions) as (service, client), ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(ask, str(client.base_url)) for _ in range(2)]
        while service.refresh():
            seen = len(answers)
            while len(answers) < seen + 6 and not any(future.done() for future in asked):
                time.sleep(0.001)
        stop.set()
        for future in asked:
            future.result()
    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json()["score"] == 20 + int(answer.json()["version"]) for answer in answers)
    assert len({answer.json()["version"] for answer in answers}) > 9


def test_a_shadow_is_compared_and_no_answer_is_its():
    with served(model(3), shadow=[model(4, plus=0.25), model(5, plus=0.75)], threshold=20.5) as (service, client):
        for version, far, differ in (("4", 0.25, 0), ("5", 0.75, 1)):
            assert post(client).json() == {"score": 20.0, "model": "toll", "version": "3"}
            assert service.served.shadow.settle(LONG)
            found = client.get("/shadow").json()
            assert (found["shadow"], found["scored"], found["most"], found["differ"]) == (version, 1, far, differ)
            assert not service.refresh()


def test_what_a_shadow_was_not_compared_in_is_null():
    with served(model(3), shadow=[model(4)], share=0) as (_, client):
        post(client)
        found = client.get("/shadow").json()
        assert (found["version"], found["answered"], found["mean"], found["reasons"]) == ("3", 0, None, {})


@pytest.mark.parametrize("bad", [fails, lambda table: sys.exit("the end"), lambda table: table.iloc[:0].pop("x")])
def test_a_bad_shadow_costs_no_answer(bad):
    with served(model(3), shadow=[model(4, does=bad)]) as (service, client):
        answers = [post(client, amount=13).json() for _ in range(3)]
        assert [answer["score"] for answer in answers] == [13.0] * 3
        assert service.served.shadow.settle(LONG)
        found = client.get("/shadow").json()
        assert (found["failed"], sum(found["reasons"].values())) == (3, 3) and service.state == "ready"


def test_a_shadow_that_hangs_delays_neither_an_answer_nor_a_newer_model():
    hangs = threading.Event()
    with served(model(3), model(4), shadow=[model(9, does=lambda _: hangs.wait(LONG))]) as (service, client):
        assert [post(client).json()["version"] for _ in range(3)] == ["3"] * 3
        assert client.get("/shadow").json()["waiting"] == 3
        assert service.refresh() and post(client).json()["version"] == "4"
        assert client.get("/shadow").json()["answered"] == 1
        hangs.set()


def test_a_shadow_that_can_not_be_loaded_is_told_and_nothing_else():
    with served(model(3), shadow=[ModelError("model.skops: the file is not")]) as (service, client):
        assert post(client).status_code == 200 and client.get("/ready").json()["trouble"] == ""
        missing = client.get("/shadow")
        assert missing.status_code == 404 and "model.skops: the file is not" in missing.json()["detail"]
        service.refresh()
        assert client.get("/shadow").json()["detail"] == "GET /shadow: no model is in the shadow: none was named"


def test_a_server_that_will_end_is_not_ready_and_answers_still():
    with served(model(3)) as (service, client):
        service.leave()
        ready = client.get("/ready")
        assert (ready.status_code, ready.json()["status"], ready.headers["retry-after"]) == (503, "leaving", "1")
        assert post(client).status_code == 200 and client.get("/health").status_code == 200


def test_a_request_under_way_is_answered_before_the_end():
    gate = Gate()
    service = Service(lambda served: None if served else model(does=gate), Settings(every=0))
    server = Server(service)
    with ThreadPoolExecutor(2) as threads:
        answer = threads.submit(httpx.post, f"{server.url}/score", json=ROW, timeout=LONG)
        assert gate.inside.wait(LONG)
        ends = threads.submit(server.stop)
        gate.go.set()
        assert answer.result().status_code == 200
        ends.result()
    assert not server.runs and service.state == "not ready" and repr(server).endswith("stopped)")


def said(url, *parts):
    """What a connection that sends these parts, and then nothing, is answered until the server ends it."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), LONG) as connection:
        for part in parts:
            connection.sendall(part)
        return b"".join(iter(lambda: connection.recv(65_536), b"")).decode()


def test_a_slow_client_is_told_so_and_harms_no_other():
    with served(model(), patience=0.05) as (_, client):
        head = b"POST /score HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n"
        answer = said(str(client.base_url).rstrip("/"), head, b'{"amount"')
        assert " 408 " in answer and "the body did not come within 0.05 s" in answer


def test_a_client_that_leaves_harms_no_other(client):
    host, port = client.base_url.host, client.base_url.port
    for _ in range(3):
        with socket.create_connection((host, port)) as connection:
            connection.sendall(b"POST /score HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
    assert post(client).status_code == 200


def test_a_service_looks_for_newer_models_by_itself():
    models, took = one_by_one(model(1), model(2)), threading.Event()

    def newest(served):
        if served and served.version == 2:
            took.set()
        return models(served)

    service = Service(newest, Settings(every=0.001))
    assert took.wait(LONG) and service.version == "2"
    service.close()


def test_a_remote_model_is_asked_again_and_bad_rows_are_not():
    with served(model(3)) as (service, client):
        remote = Remote(str(client.base_url), LONG, tries=3)
        assert remote({**ROW, "amount": np.float64(20), "attempts": np.int64(1)}) == (20.0, "3")
        with pytest.raises(BadInput, match="422: zone is 'east'"):
            remote({**ROW, "zone": "east"})
        with pytest.raises(BadInput, match="can't be written as JSON"):
            remote({**ROW, "amount": float("nan")})
        service.close()
        with pytest.raises(Unanswered, match="503: no model is ready"):
            remote(ROW)
        assert 'model_answers_total{status="503",version="3"} 3.0' in client.get("/metrics").text
        remote.close()
    with pytest.raises(Unanswered, match="ConnectError"):
        Remote(str(client.base_url), LONG, tries=1)(ROW)
