"""Clients of an endpoint: each answer is kept, also where a request fails."""

import pytest

from dataml_lab.serving import save
from dataml_lab.serving.clients import Clients
from dataml_lab.serving.serve import Server, saved_in
from dataml_lab.serving.service import Service, Settings
from tests.serving.worlds import payments, pipeline, schema


@pytest.fixture
def server(tmp_path):
    save(tmp_path / "fraud", pipeline(), schema(), "fraud", 3)
    with Server(Service(saved_in(tmp_path / "fraud"), Settings(every=0))) as server:
        yield server


def test_rows_are_asked_in_turn_and_each_answer_is_kept(server):
    rows = payments().dropna().head(5).to_dict("records")
    with Clients(server.url, rows, number=2) as clients:
        clients.wait("3", 10)
    answers = clients.frame()
    assert len(answers) >= 10 and set(answers["status"]) == {200} and set(answers["version"]) == {"3"}
    assert set(answers["score"]) == set(server.service.served.model.score(rows))
    assert answers["at"].gt(0).all() and len(clients.frame()) == len(answers)


def test_a_row_that_is_refused_has_its_status_and_no_score(server):
    with Clients(server.url, [{"amount": -1}], number=1) as clients:
        clients.wait("3", 2)
    answers = clients.frame()
    assert set(answers["status"]) == {422} and answers["score"].isna().all()


def test_a_server_that_is_gone_answers_with_status_0(server):
    server.stop()
    with Clients(server.url, [{"amount": 1.0}], number=1) as clients:
        clients.wait("", 1)
    assert set(clients.frame()["status"]) == {0}


def test_a_version_that_never_answers_is_not_waited_for_without_end(server, monkeypatch):
    monkeypatch.setattr("dataml_lab.serving.clients.SECONDS", 0.05)
    with Clients(server.url, [{"amount": 1.0}], number=1) as clients, pytest.raises(TimeoutError, match="'4' gave 0"):
        clients.wait("4", 1)
