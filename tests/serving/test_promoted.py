"""A promotion and a way back reach an endpoint under traffic, and no request fails."""

import threading
import time

import httpx
import pytest

from dataml_lab.serving import LocalRegistry, RegistryError
from dataml_lab.serving.serve import Server, Source, promoted
from dataml_lab.serving.service import Service, Settings
from tests.serving.worlds import payments, pipeline, schema

LONG = 60.0  # seconds, never reached


@pytest.fixture
def registry(tmp_path):
    with LocalRegistry(tmp_path) as registry:
        for _ in "12":
            registry.add("fraud", pipeline(), schema())
        registry.promote("fraud", 1)
        yield registry


def test_an_endpoint_follows_a_promotion_and_a_way_back_under_traffic(registry):
    (row,) = payments().dropna().head(1).to_dict("records")
    service, answers, stop = Service(promoted(registry, "fraud"), Settings(every=0.001)), [], threading.Event()

    def ask(url):
        with httpx.Client(base_url=url, timeout=LONG) as client:
            while not stop.is_set():
                answers.append(client.post("/score", json=row))

    with Server(service) as server:
        asker = threading.Thread(target=ask, args=(server.url,))
        asker.start()
        for move, version in ((lambda: None, "1"), (lambda: registry.promote("fraud", 2), "2"),
                              (lambda: registry.roll_back("fraud"), "1")):
            seen = len(answers)
            move()
            until(lambda seen=seen, version=version: any(answer.headers["model-version"] == version
                                                         for answer in answers[seen:]), asker)
        stop.set()
        asker.join(LONG)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["score"] for answer in answers}) == 1


def until(holds, thread):
    """Waits until something holds, as long as a thread runs."""
    while not holds():
        assert thread.is_alive()
        time.sleep(0.001)


@pytest.mark.parametrize(("content", "told"), [(None, "none: there is no registry"), (b"no", "is not a database")])
def test_a_registry_that_is_none_is_the_trouble_until_it_is_one(registry, tmp_path, content, told):
    folder = tmp_path / "none"
    if content:
        folder.mkdir()
        (folder / "registry.db").write_bytes(content * 1_000)
    service = Source(str(folder), "fraud").service(Settings(every=0))
    assert service.state == "not ready" and told in service.trouble and folder.exists() == bool(content)
    (folder / "registry.db").unlink(missing_ok=True)
    with LocalRegistry(folder) as made:
        made.promote("fraud", made.add("fraud", pipeline(), schema()))
    assert service.refresh() and service.state == "ready"
    service.close()


def test_a_name_that_the_registry_has_not_is_the_trouble(registry):
    service = Source(str(registry.folder), "fruad").service(Settings(every=0))
    assert service.state == "not ready"
    assert service.trouble.startswith(RegistryError.__name__) and "fruad" in service.trouble
    service.close()
    assert Source(str(registry.folder), "fraud").service(Settings(every=0)).version == "1"
