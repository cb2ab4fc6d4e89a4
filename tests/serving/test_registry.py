"""Our registry, on files and SQLite: as every registry, under threads and processes, and when the disk is full."""

import errno
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from dataml_lab.pipeline import push
from dataml_lab.serving import LocalRegistry, ModelError, RegistryError, saved
from tests.serving.registering import (
    BEHAVIOUR,
    SCHEMA,
    constant,
    killed_at_any_step_a_change_has_happened_or_has_not,
    value_of,
)


@pytest.mark.parametrize("behaviour", BEHAVIOUR, ids=lambda function: function.__name__)
def test_it_is_a_registry(behaviour, tmp_path):
    behaviour(LocalRegistry, tmp_path)


def test_killed_at_any_step_a_change_has_happened_or_has_not(tmp_path, steps):
    killed_at_any_step_a_change_has_happened_or_has_not(LocalRegistry, tmp_path / "registry", steps)


WRITER = """
import sys
from dataml_lab.serving import LocalRegistry
from tests.serving.registering import SCHEMA, constant
with LocalRegistry(sys.argv[1]) as registry:
    for value in range(5):
        registry.promote("spend", registry.add("spend", constant(value), SCHEMA))
"""


@pytest.mark.full
def test_processes_that_write_side_by_side_lose_nothing(tmp_path):
    root = Path(__file__).parents[2]
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, tmp_path], cwd=root) for _ in "ab"]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    with LocalRegistry(tmp_path) as registry:
        assert registry.versions("spend") == list(range(1, 11))
        assert sorted(change.version for change in registry.history("spend")) == list(range(1, 11))
        assert sorted(value_of(registry, version) for version in range(1, 11)) == sorted([0, 1, 2, 3, 4] * 2)


def test_readers_do_not_wait_for_a_writer(tmp_path, monkeypatch):
    begun, go_on, real = threading.Event(), threading.Event(), saved.sync_folder

    def waiting(folder):
        begun.set()
        assert go_on.wait(120)
        real(folder)

    with LocalRegistry(tmp_path) as registry:
        registry.promote("spend", registry.add("spend", constant(1), SCHEMA))
        monkeypatch.setattr(saved, "sync_folder", waiting)
        thread = threading.Thread(target=registry.add, args=("spend", constant(2), SCHEMA))
        thread.start()
        assert begun.wait(120)
        assert (value_of(registry), registry.versions("spend")) == (1, [1])
        go_on.set()
        thread.join()
        assert registry.versions("spend") == [1, 2]


def test_a_writer_that_waited_too_long_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(push, "LOCKED_S", 0.01)
    with LocalRegistry(tmp_path) as registry, closing(sqlite3.connect(tmp_path / "registry.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RegistryError, match=r"registry.db: database is locked: another process is in the middle"):
            registry.add("spend", constant(1), SCHEMA)
        other.rollback()
        assert registry.add("spend", constant(1), SCHEMA) == 1


def test_a_full_disk_is_told_and_costs_nothing(tmp_path, monkeypatch):
    def full(path, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    with LocalRegistry(tmp_path) as registry:
        registry.promote("spend", registry.add("spend", constant(1), SCHEMA))
        with monkeypatch.context() as patch, pytest.raises(ModelError, match="the disk is full: free some space"):
            patch.setattr(Path, "write_bytes", full)
            registry.add("spend", constant(2), SCHEMA)
        assert (registry.versions("spend"), value_of(registry)) == ([1], 1)
        assert registry.add("spend", constant(2), SCHEMA) == 2


def test_what_is_no_registry_is_told(tmp_path):
    (tmp_path / "registry.db").write_text("no database " * 100)
    with pytest.raises(RegistryError, match=r"registry.db: file is not a database: give the registry a file"):
        LocalRegistry(tmp_path)
