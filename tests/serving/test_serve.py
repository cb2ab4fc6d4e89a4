"""The server as a program: workers, one of which is killed; a damaged model; and the end by SIGTERM."""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import httpx
import psutil
import pytest

from dataml_lab.serving import Settings, save, serve
from dataml_lab.serving.client import Remote
from tests.serving.worlds import payments, pipeline, schema

LONG = 60.0  # seconds, never reached
pytestmark = [pytest.mark.full, pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    save(folder := tmp_path_factory.mktemp("models") / "fraud", pipeline(), schema(), "fraud", 3)
    return folder


@pytest.fixture(scope="module")
def row():
    (row,) = payments().dropna().head(1).to_dict("records")
    return row


@contextmanager
def program(folder, workers, *more):
    """The process of a server, and where it is; it is up."""
    command = [sys.executable, "-m", "dataml_lab.serving", folder, "--port", "0", "--workers", str(workers),
               "--notice", "0.2", *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().strip()
        try:
            until(lambda: is_up(url))
            yield process, url
        finally:
            process.terminate()


get = partial(httpx.get, verify=False)  # certificates are loaded for a tenth of a second each time


def is_up(url):
    try:
        return get(f"{url}/health").status_code == 200
    except httpx.TransportError:
        return False


def until(holds):
    """Waits until something holds."""
    for _ in range(1_200):
        if holds():
            return
        time.sleep(0.05)
    raise TimeoutError("it does not hold after a minute")


def workers_of(process):
    """The processes that have the application: those that serve."""
    return [child for child in psutil.Process(process.pid).children() if "spawn_main" in " ".join(child.cmdline())]


def test_a_worker_that_is_killed_costs_no_answer_and_is_replaced(folder, row):
    with program(folder, workers=2) as (process, url), ThreadPoolExecutor(4) as threads:
        before = workers_of(process)
        assert len(before) == 2
        asked = [threads.submit(ask_often, url, row) for _ in range(4)]
        until(lambda: get(f"{url}/metrics").text.count('_total{status="200"'))
        before[0].kill()
        assert {reply for future in asked for reply in future.result()} == {asked[0].result()[0]}
        until(lambda: len({child.pid for child in workers_of(process)} - {before[0].pid}) == 2)
        process.terminate()
        assert process.wait(LONG) == 0


def ask_often(url, row):
    remote = Remote(url, LONG, tries=10)
    return [remote(row) for _ in range(80)]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_end_is_told_before_it_comes_and_rows_are_scored_meanwhile(folder, row, workers):
    with program(folder, workers, "--notice", "5") as (process, url):
        process.terminate()
        until(lambda: get(f"{url}/ready").json()["status"] == "leaving")
        assert get(f"{url}/ready").status_code == 503
        assert httpx.post(f"{url}/score", json=row).status_code == 200
        process.terminate()
        assert process.wait(LONG) in (0, -signal.SIGTERM)


def test_a_port_that_is_taken_is_told_in_words(folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "dataml_lab.serving", folder, "--port", str(taken.getsockname()[1])]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=LONG)
    assert ended.returncode == 1 and "name another with --host or --port" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_all_workers_count_together(folder, row):
    with program(folder, workers=2) as (_, url):
        for _ in range(40):
            assert httpx.post(f"{url}/score", json=row).status_code == 200
        assert 'model_answers_total{status="200",version="3"} 40.0' in get(f"{url}/metrics").text


def test_a_worker_leaves_what_lives_as_long_as_itself_out_of_collections(folder, monkeypatch):
    monkeypatch.setenv(serve.TOLD, json.dumps({"source": serve.Source(str(folder)), "settings": Settings(every=0)}))
    monkeypatch.setattr(serve, "make_app", lambda service: service)
    gc.unfreeze()
    try:
        service = serve.worker()
        assert service.state == "ready" and gc.get_freeze_count() > 10_000
        service.close()
    finally:
        gc.unfreeze()


def test_a_damaged_model_is_named_and_no_row_is_scored(folder, row, tmp_path):
    save(tmp_path / "fraud", pipeline(), schema(), "fraud", 3)
    with (tmp_path / "fraud" / "model.skops").open("ab") as file:
        file.write(b"x")
    with program(tmp_path / "fraud", workers=1) as (process, url):
        answer = httpx.post(f"{url}/score", json=row)
        assert answer.status_code == 503 and "model.skops: the file is not what was saved" in answer.json()["detail"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONG) in (0, -signal.SIGTERM)
