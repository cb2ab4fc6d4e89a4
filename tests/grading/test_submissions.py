"""The corpus, graded: each submission gets what it deserves, and no attack reaches anything."""

import json
import os
import socket
import sys
import threading
from pathlib import Path

import psutil
import pytest

from dataml_lab import cli
from dataml_lab.checks.exercise import seeds
from dataml_lab.grading import COURSE
from dataml_lab.grading.engine import judge, remote
from dataml_lab.grading.engine.template import hindrance
from dataml_lab.grading.environment import student_salt
from tests.grading.conftest import released_course
from tests.grading.corpus import SALT, cases, hand_in

pytestmark = pytest.mark.skipif(bool(hindrance()), reason=hindrance())
MARK = "dataml-lab-was-here"
EVERYONE = [case for kind in ("honest", "files", "hostile") for case in cases(kind)]
BATCHES = {"telling": [case for case in EVERYONE if case.is_telling],
           "others": [case for case in EVERYONE if not case.is_telling]}
MARKS = {batch: [pytest.mark.xdist_group(f"corpus-{batch}"), *full] for batch, full in
         {"telling": [], "others": [pytest.mark.full]}.items()}
in_each_batch = pytest.mark.parametrize("graded", [pytest.param(batch, marks=MARKS[batch]) for batch in BATCHES],
                                        indirect=True)


class Tripwire:
    """What attacks would touch: a server on this machine, and places where they leave a mark."""

    def __init__(self):
        self.visits = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._count, daemon=True)

    def _count(self):
        while True:
            try:
                connection, address = self.server.accept()
            except OSError:
                return
            self.visits.append(address)
            connection.close()


@pytest.fixture(scope="module")
def telling(tmp_path_factory):
    """What came of the telling submissions."""
    return grade(tmp_path_factory.mktemp("telling"), BATCHES["telling"])


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """What came of the other submissions."""
    return grade(tmp_path_factory.mktemp("others"), BATCHES["others"])


@pytest.fixture
def graded(request):
    """What came of a batch."""
    return request.getfixturevalue(request.param)


def grade(folder, batch):
    """The course folder with a batch of the corpus graded, what `grade --json` told by student, what was seen, and the
    engine's processes that were there only afterwards."""
    course = released_course(folder / "course", sorted({case.lesson for case in batch}))
    for case in batch:
        hand_in(course, case)
    before, running = snapshot(course), set(filter(is_of_the_engine, psutil.process_iter()))
    marked = [place for place in places(course) if (place / MARK).exists()]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATAML_LAB_SALT", raising=False)
        patch.setenv("PLANTED", "hunter2-in-the-environment")
        patch.setattr(judge, "CELL_SECONDS", 20.0)
        patch.setattr(judge, "EXERCISE_SECONDS", 30.0)
        patch.setattr(judge, "NOTEBOOK_SECONDS", 80.0)
        patch.setattr(remote, "DEADLINE", 3.0)  # after which a judge waits no longer; that of answers is as ever
        wire = Tripwire()
        wire.thread.start()
        out = course / "out.json"
        with out.open("w") as stream, pytest.MonkeyPatch.context() as inner:
            inner.setattr(sys, "stdout", stream)
            cli.main(["grade", "--course", str(course), "--json"])
        wire.server.close()
    told = {found["student"]: found for found in json.loads(out.read_text("utf-8"))}
    out.unlink()
    left = [process for process in psutil.process_iter() if is_left(process) and process not in running]
    return course, told, before, wire, marked, left


def places(course):
    """Where attacks leave a mark if they can."""
    return [Path("/tmp"), Path.home(), Path("/dev/shm"), Path("/var/tmp"), COURSE, course, Path.cwd()]


def snapshot(course):
    """The bytes of all that grading has no business to change."""
    return {
        path: path.read_bytes()
        for folder in ("submitted", "solutions", "notebooks", "releases")
        for path in sorted((course / folder).rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


@pytest.mark.parametrize(("graded", "case"), [
    pytest.param(batch, case, marks=MARKS[batch], id=case.student) for batch, found in BATCHES.items() for case in found
], indirect=["graded"])
def test_each_gets_what_it_deserves(graded, case):
    _, told, *_ = graded
    found = told[case.student]
    assert found["state"] == "new" and not found["trouble"] and not found["broken"]
    assert case.deserves is None or found["scores"][case.exercise] == case.deserves, found


@in_each_batch
def test_nobody_is_left_out(graded, request):
    _, told, *_ = graded
    assert sorted(told) == sorted(case.student for case in BATCHES[request.node.callspec.params["graded"]])


@in_each_batch
def test_no_attack_left_its_folder_changed_a_file_reached_a_server_or_outlived_its_limits(graded):
    course, _, before, wire, marked, left = graded
    assert not wire.visits
    assert not [place for place in places(course) if (place / MARK).exists() and place not in marked]
    assert snapshot(course) == before
    assert not psutil.wait_procs(left, timeout=10)[1]


def is_left(process):
    """Whether a process of the engine has outlived its grader; somebody else may grade at the same time."""
    try:
        if not is_of_the_engine(process):
            return False
        grader = next((parent for parent in process.parents() if not is_of_the_engine(parent)), None)
        return grader is None or grader.pid == os.getpid() or "python" not in " ".join(grader.cmdline())
    except psutil.NoSuchProcess:
        return False


def is_of_the_engine(process):
    try:
        return "dataml_lab.grading.engine" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


@in_each_batch
def test_no_secret_is_in_anything_that_was_written(graded):
    course, *_ = graded
    oracles = [path.read_text("utf-8") for path in (COURSE / "solutions").glob("*/oracle.py")]
    lines = {line.strip() for oracle in oracles for line in oracle.splitlines()}
    secrets = [SALT, "hunter2", "kept [[", str(course), *(line for line in lines if len(line) > 40)]
    for case in EVERYONE:
        salt = student_salt(SALT, case.student)
        secrets += [salt, *map(str, seeds(case.exercise, salt, case.student, 3))]
    for path in [*(course / "attempts").rglob("*.json"), *(course / "autograded").rglob("*.ipynb")]:
        text = path.read_text("utf-8")
        assert not [secret for secret in secrets if secret in text], path
