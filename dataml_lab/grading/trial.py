"""One answer judged in a process of its own, so that it can neither hang nor end its caller.

Run as `python -m dataml_lab.grading.trial LESSON EXERCISE BEFORE FILE SALT…`: prints one JSON list, an item per salt.
"""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from dataml_lab.checks import exercises, oracle
from dataml_lab.checks.exercise import Finding, Verdict, seeds

SECONDS = 300  # a trial that takes longer is stopped: ten salts on a busy machine take their time


class Trial(NamedTuple):
    """What a file of answers earned in the hidden worlds of one salt."""

    salt: str
    verdict: Verdict
    stderr: str


class TrialError(RuntimeError):
    """An answer that ended its process or outlived its time; the message says which file and how."""


def try_answer(lesson: str, exercise: str, before: Path, file: Path, salts: list[str], oracles: Path) -> list[Trial]:
    """The trials of a file of answers, one per salt, from a process of their own. The file `before` is run first:
    it defines what earlier cells of the notebook would have."""
    command = [sys.executable, "-m", "dataml_lab.grading.trial", lesson, exercise, str(before), str(file), *salts]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL,
                             env={**os.environ, "DATAML_LAB_ORACLES": str(oracles)})
    except subprocess.TimeoutExpired:
        raise TrialError(f"{file}: still running after {SECONDS} seconds") from None
    if run.returncode:
        last = run.stderr.strip().splitlines()[-1:] or ["no message"]
        raise TrialError(f"{file}: its process ended with code {run.returncode} ({last[0]})")
    try:
        verdicts = [_verdict(data) for data in json.loads(run.stdout.splitlines()[-1])]
        return [Trial(salt, verdict, run.stderr) for salt, verdict in zip(salts, verdicts, strict=True)]
    except (IndexError, TypeError, ValueError):
        raise TrialError(f"{file}: its process ended without a verdict") from None


def _verdict(data: list) -> Verdict:
    exercise, findings, *told = data
    return Verdict(exercise, tuple(Finding(*finding) for finding in findings), *told)


def main(lesson: str, exercise: str, before: str, file: str, *salts: str) -> None:
    """Judges the answer in `file` on the worlds of each salt and prints the verdicts."""
    reply = os.fdopen(os.dup(1), "w")  # what the answer prints goes elsewhere
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    namespace = runpy.run_path(file, init_globals=runpy.run_path(before))
    judged = exercises(lesson)[exercise]
    verdicts = [judged.judge(namespace, seeds(exercise, salt), oracle(lesson, exercise)) for salt in salts]
    print(json.dumps(verdicts), file=reply, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
