"""Grading on a Dask cluster of two processes: the gradebook is that of a run here, although a worker is killed."""

import json
import os
import shutil
import signal
import sys

import pytest

from dataml_lab import cli
from dataml_lab.grading import cluster, grade
from dataml_lab.grading.cluster import on_cluster
from tests.conftest import needs
from tests.grading import test_grade
from tests.grading.conftest import TOGETHER
from tests.grading.test_grade import LESSON, MEAN, TOTAL, hand_in, sandbox, scores

pytestmark = [TOGETHER, pytest.mark.skipif(sys.platform != "linux", reason="the engine needs Linux")]
template, course = test_grade.template, test_grade.course
SLOW = f"import time\ntime.sleep(1)\n{TOTAL}"


@pytest.fixture
def scheduler(monkeypatch, tmp_path):
    """The address of a cluster with two processes, to which, as to all that they start, the tiny lesson is known."""
    from distributed import LocalCluster

    (tmp_path / "known").mkdir()
    (tmp_path / "known" / "sitecustomize.py").write_text("import tiny_lesson\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "known"), prepend=os.pathsep)
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as workers:
        yield workers.scheduler_address


def attempts(course):
    """The last attempts, without what differs from run to run."""
    found = [json.loads(path.read_text()) for path in sorted((course / "attempts" / LESSON).glob("*/0001.json"))]
    return [one | {"seconds": 0} for one in found]


@needs("dask")
def test_the_gradebook_is_that_of_a_run_here_although_a_worker_is_killed(course, scheduler, monkeypatch, tmp_path):
    from distributed import Client

    for student in ("ada", "bob", "cyd", "dan", "eve"):
        hand_in(course, student, total=SLOW, mean=MEAN if student < "c" else "", mean_essay="When few are rich.")
    here = shutil.copytree(course, tmp_path / "here")
    assert test_grade.grade(here) == 0
    killed = []

    def killing(address, *details):
        for found in on_cluster(address, *details):
            with Client(scheduler) as client:
                at_work = [worker for worker, tasks in client.processing().items() if tasks]
                if at_work and not killed:
                    killed.append(client.run(os.getpid, workers=at_work[:1])[at_work[0]])
                    os.kill(killed[0], signal.SIGKILL)
            yield found

    monkeypatch.setattr(cluster, "AT_ONCE", 1)
    monkeypatch.setattr(cluster, "on_cluster", killing)
    monkeypatch.setattr(grade, "assessed", None)  # nothing is judged here
    assert cli.main(["grade", "--course", str(course), "--executor", "dask", "--scheduler", scheduler,
                     *sandbox()]) == 0
    assert killed and scores(course) == scores(here)
    assert attempts(course) == attempts(here) and len(attempts(here)) == 5


@needs("dask")
def test_a_cluster_that_judges_by_other_checks_is_refused(course, scheduler, monkeypatch, capsys):
    hand_in(course, "ada", total=TOTAL)
    monkeypatch.setattr(cluster, "checks_version", lambda *_: "0.2-new")
    cli.main(["grade", "--course", str(course), "--executor", "dask", "--scheduler", scheduler, *sandbox()])
    assert f"ada/{LESSON}: not graded: the cluster judges by the checks" in capsys.readouterr().err
    assert not scores(course)


def test_a_cluster_is_named_by_its_address(course, capsys, monkeypatch):
    grade = ["grade", "--course", str(course), "--executor", "dask"]
    assert cli.main(grade) == 2 and "go together" in capsys.readouterr().err
    hand_in(course, "ada")
    monkeypatch.setattr(cluster, "missing", lambda: "distributed is missing: `make dask` installs it")
    assert cli.main([*grade, "--scheduler", "tcp://127.0.0.1:9"]) == 1
    assert "`make dask`" in capsys.readouterr().err
