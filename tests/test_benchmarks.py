"""Benchmarks run, on little: what they measure here means nothing."""

import subprocess
import sys

import pytest

from dataml_lab.grading import COURSE
from tests.browser.conftest import chromium

SMALL = {
    "batch": ["--rows", "20000", "--files", "3", "--kills", "2"],
    "drift": ["--draws", "1", "--most", "2800", "--rows", "20000", "--only"],
    "evaluation": ["--scores", "20000", "--queries", "200"],
    "experiments": ["--experiments", "2000", "--users", "20000"],
    "features": ["--events", "20000"],
    "first_point": ["--installed"],
    "grading": ["--quick", "--cores", "2"],
    "leakage": ["--ours", "--rows", "5000"],
    "models": ["--rounds", "1"],
    "pipeline": ["--orders", "20000"],
    "serving": ["--seconds", "0.2", "--rounds", "1"],
    "store": ["--events", "20000"],
    "streaming": ["--users", "50"],
}


@pytest.mark.full
@pytest.mark.parametrize("name", SMALL)
def test_a_benchmark_runs(name):
    if name == "first_point":
        chromium()  # skips where there is none
    command = [sys.executable, COURSE / "benchmarks" / f"{name}.py", *SMALL[name]]
    run = subprocess.run(command, cwd=COURSE, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3000:]
    assert run.stdout.count("\n") > 2


def test_each_benchmark_is_run_by_a_test_of_the_full_ring():
    made = {path.stem for path in (COURSE / "benchmarks").glob("*.py")}
    assert made == {*SMALL, "contenders", "drift_peers", "environments"}
