"""What the doctor says: of a machine that works, and of one thing that doesn't, with what to do about it."""

import json
import sys

import pytest

from dataml_lab import cli, doctor
from dataml_lab.doctor import Trouble, examinations
from dataml_lab.store import broker, postgres


def test_this_machine_works(capsys):
    assert cli.main(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {result["name"] for result in found} == set(doctor.EXAMINED)
    assert not [result for result in found if result["state"] == "broken"]


@pytest.fixture
def ill(monkeypatch):
    def broken():
        raise Trouble("it is broken: mend it")
    monkeypatch.setattr(doctor, "EXAMINED", {"this": (broken, True), "that": (broken, False)})


def test_what_is_broken_and_what_is_only_missing(ill, capsys):
    assert [result.state for result in examinations()] == ["broken", "missing"]
    assert cli.main(["doctor"]) == 1
    assert "broken  this" in capsys.readouterr().out


def test_the_systems_of_lesson_01_are_needed(monkeypatch):
    monkeypatch.setattr(doctor, "EXAMINED", {name: doctor.EXAMINED[name] for name in ("PostgreSQL", "Kafka")})
    monkeypatch.setattr(broker, "ADMINISTRATION", 0.3)
    monkeypatch.setenv(postgres.DSN, "host=127.0.0.1 port=1")
    monkeypatch.setenv(broker.SERVERS, "127.0.0.1:1")
    assert [result.state for result in examinations()] == ["broken", "broken"]


@pytest.mark.parametrize(("module", "client"), [("postgres", "psycopg"), ("broker", "confluent_kafka")])
def test_a_missing_client_is_told_with_its_remedy(monkeypatch, module, client):
    monkeypatch.delitem(sys.modules, f"dataml_lab.store.{module}")
    monkeypatch.setitem(sys.modules, client, None)
    with pytest.raises(Trouble, match=f"{client}.*: `make setup`"):
        {"postgres": doctor.postgres, "broker": doctor.kafka}[module]()


@pytest.mark.parametrize("name", doctor.ENGINES)
def test_a_missing_engine_is_told_with_its_remedy_and_breaks_only_what_asks_for_it(name, monkeypatch, capsys):
    module, users = doctor.ENGINES[name]
    monkeypatch.setattr(f"{module}.missing", lambda: "it is not there: install it")
    monkeypatch.setattr(doctor, "EXAMINED", {name: doctor.EXAMINED[name]})
    assert (cli.main(["doctor"]), cli.main(["doctor", name])) == (0, 1)
    assert capsys.readouterr().out == f"missing {name:24}it is not there: install it; only {users}\n" * 2


def test_what_is_not_examined_is_refused_with_what_is(capsys):
    with pytest.raises(SystemExit):
        cli.main(["doctor", "sparc"])
    assert "there is no sparc; there are: Python, packages" in capsys.readouterr().err


def test_a_package_in_another_version_is_named(tmp_path, monkeypatch):
    (tmp_path / "requirements.lock").write_text("pytest==1.0\nnot-there==2.0 ; python_version > '3'\n")
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    with pytest.raises(Trouble, match=r"2 differ from the lock, such as pytest .*, not ==1.0"):
        doctor.packages()


def test_a_missing_openmp_is_told_with_its_remedy(monkeypatch):
    def no_openmp(name):
        raise OSError("libgomp.so.1: cannot open shared object file")
    monkeypatch.setattr(doctor.importlib, "import_module", no_openmp)
    with pytest.raises(Trouble, match="apt install libgomp1"):
        doctor.boosting()


def test_a_disk_that_is_full_is_told_with_its_remedy(monkeypatch):
    def full():
        raise OSError("No space left on device")
    monkeypatch.setattr(doctor.tempfile, "NamedTemporaryFile", full)
    with pytest.raises(Trouble, match="TMPDIR"):
        doctor.scratch()


def test_missing_notebooks_and_programs_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    with pytest.raises(Trouble, match=r"00_start_here.* missing"):
        doctor.notebooks()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Trouble, match="apt install chromium"):
        doctor.browser()
    with pytest.raises(Trouble, match="alembic"):
        doctor.grading()
