"""Traffic from another process: each question is there with its row, its time and what was answered."""

from threading import Timer

import numpy as np
import pytest

from dataml_lab.serving import Server, Service, save, saved_in
from dataml_lab.serving.traffic import UNANSWERED, traffic
from tests.serving.worlds import payments, pipeline, schema


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return save(tmp_path_factory.mktemp("models") / "fraud", pipeline(), schema(), "fraud", 3)


@pytest.fixture
def server(model, tmp_path):
    save(tmp_path / "fraud", model.estimator, model.schema, "fraud", 3)
    with Server(Service(saved_in(tmp_path / "fraud"))) as server:
        yield server


def test_rows_are_asked_in_turn_and_have_their_scores(model, server):
    rows = payments().dropna().head(5).to_dict("records")
    found = traffic(server.url, rows, clients=2, seconds=0.3)
    assert len(found) >= 2 and found["ms"].min() > 0
    assert set(found["status"]) == {200} and set(found["version"]) == {"3"}
    counts = found["row"].value_counts().reindex(range(5), fill_value=0)
    assert counts.max() - counts.min() <= 1
    assert np.allclose(found["score"], model.score(rows)[found["row"]], atol=1e-12)


def test_a_row_that_is_refused_has_its_status_and_no_score(server):
    found = traffic(server.url, [{"amount": -1}], clients=1, seconds=0.1)
    assert set(found["status"]) == {422} and found["score"].isna().all()


def test_a_connection_that_breaks_is_an_unanswered_question(server):
    row = payments().dropna().head(1).to_dict("records")
    ends = Timer(0.5, server.stop)
    ends.start()
    found = traffic(server.url, row, clients=2, seconds=20.0)
    ends.join()
    assert set(found["status"]) <= {200, 503, UNANSWERED} and (found["status"] == UNANSWERED).sum() <= 2


def test_where_nobody_listens_it_says_so(server):
    server.stop()
    with pytest.raises(RuntimeError, match=server.url):
        traffic(server.url, [{}], clients=1, seconds=0.1)
