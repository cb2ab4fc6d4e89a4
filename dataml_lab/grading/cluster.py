"""Judging on a Dask cluster that is there, with `grade --executor dask --scheduler ADDRESS`.

A task judges some submissions in a process of its own, beside the Dask worker: judges are forks of a process that has
one thread. Each worker needs this package, Linux that lets it isolate, and the course folder under the path that it has
here. Only the process that asks keeps attempts and writes into the gradebook. If a worker is lost, its task goes to
another.
"""

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from dataml_lab.grading.assess import checks_version
from dataml_lab.grading.attempts import Attempt, as_data, from_data
from dataml_lab.grading.environment import course_salt
from dataml_lab.grading.submissions import Submission
from dataml_lab.store.keeper import LIBC, PR_SET_PDEATHSIG

AT_ONCE = 8  # submissions of a task, which starts a template, in seconds
PATIENCE = 30  # seconds for a scheduler to answer


class ClusterError(RuntimeError):
    """A cluster that can't be used; the message says why."""


def missing() -> str:
    """What judging on a cluster lacks on this machine and how to get it, or nothing."""
    lacking = importlib.util.find_spec("distributed") is None
    return "Judging on a cluster needs the package distributed: `make dask` installs it" if lacking else ""


def version() -> str:
    """Which Dask there is."""
    return f"distributed {metadata.version('distributed')}"


def on_cluster(scheduler: str, todo: list[Submission], isolated: bool, workers: int) \
        -> Iterator[tuple[Submission, Attempt | str]]:
    """What `grade.assessed` yields, from the cluster whose scheduler has this address; how many `workers` there are, is
    the cluster's matter. ClusterError where it can't be reached."""
    if lacking := missing():
        raise ClusterError(lacking)
    if not todo:
        return
    from distributed import Client, as_completed

    course = todo[0].course.resolve()
    pieces = [todo[start:start + AT_ONCE] for start in range(0, len(todo), AT_ONCE)]
    try:
        client = Client(scheduler, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise ClusterError(f"no scheduler answers at {scheduler}: {error}") from error
    with client:
        futures = {client.submit(judged, str(course), [(one.student, one.lesson) for one in piece], isolated,
                                 course_salt(course), pure=False): piece for piece in pieces}
        for future in as_completed(futures):
            error = future.exception()
            found = [str(error)] * len(futures[future]) if error else future.result()
            yield from zip(futures[future], map(_attempt, futures[future], found), strict=True)


def _attempt(submission: Submission, found: dict | str) -> Attempt | str:
    """An attempt as a worker found it, or why there is none."""
    if isinstance(found, str):
        return f"the cluster did not judge it: {found}"
    attempt, here = from_data(found), checks_version(submission.course, submission.lesson)
    return attempt if attempt.checks == here else (
        f"the cluster judges by the checks {attempt.checks}, and here they are {here}: bring it up to date")


def judged(course: str, names: list[tuple[str, str]], isolated: bool, salt: str) -> list[dict | str]:
    """What is found of submissions, which are given by student and lesson; in their order, as data, and a text in place
    of what could not be judged. This is the task of a Dask worker."""
    from dataml_lab.grading.engine.template import JUDGES  # only Linux has what it imports

    run = subprocess.run([sys.executable, "-m", __name__], input=json.dumps([course, names, isolated]), text=True,
                         capture_output=True, check=False, env={**os.environ, **JUDGES, "DATAML_LAB_SALT": salt})
    if run.returncode:
        raise RuntimeError(run.stderr.strip().rpartition("\n")[2] or f"its process ended with {run.returncode}")
    return json.loads(run.stdout)


def _judge() -> None:
    """What the process of a task does: it reads what `judged` writes, and writes what that returns."""
    from dataml_lab.grading.grade import assessed

    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    course, names, isolated = json.load(sys.stdin)
    with _core():
        todo = [Submission(Path(course), student, lesson) for student, lesson in names]
        found = dict(assessed(todo, isolated, 1))
    json.dump([one if isinstance(one, str) else as_data(one) for one in map(found.get, todo)], sys.stdout)


def _core() -> socket.socket:
    """Takes a core of this machine that no other task has, if there is one, until the socket is closed: its name can be
    bound once."""
    for core in sorted(os.sched_getaffinity(0)):
        taken = socket.socket(socket.AF_UNIX)
        try:
            taken.bind(f"\0dataml-lab judges on core {core}")
        except OSError:
            taken.close()
            continue
        os.sched_setaffinity(0, {core})
        return taken
    return socket.socket(socket.AF_UNIX)


if __name__ == "__main__":
    _judge()
