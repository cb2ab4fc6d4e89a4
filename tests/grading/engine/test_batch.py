"""Work side by side: results as they come, lost work named, nothing left."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from dataml_lab.grading.engine.batch import side_by_side

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forks")


def work(piece, core):
    if piece == "raises":
        raise ValueError("here")
    if piece == "dies":
        os._exit(0)
    if piece == "hangs":
        time.sleep(60)
    if piece == "is no data":
        return {object()}
    print("not seen", flush=True)
    return {"piece": piece, "core": core, "pid": os.getpid(), "cores": sorted(os.sched_getaffinity(0))}


def test_each_piece_has_an_outcome_in_a_process_of_its_own(capfd):
    pieces = [f"{number}" for number in range(20)]
    found = list(side_by_side(pieces, work, workers=3, seconds=30))
    assert sorted(outcome.piece for outcome in found) == sorted(pieces)
    assert all(outcome.result["piece"] == outcome.piece for outcome in found)
    assert len({outcome.result["pid"] for outcome in found} - {os.getpid()}) == 20
    assert {outcome.result["core"] for outcome in found} <= os.sched_getaffinity(0) and not capfd.readouterr().out


def test_what_goes_wrong_with_one_costs_only_that_one():
    found = {
        outcome.piece: outcome
        for outcome in side_by_side(["raises", "dies", "hangs", "is no data", "ok"], work, workers=2, seconds=5)
    }
    assert found["ok"].result["piece"] == "ok" and not found["ok"].error and not found["ok"].lost
    assert "ValueError: here" in found["raises"].error and "in work" in found["raises"].error
    assert found["dies"].lost == "ended without a result" and found["hangs"].lost == "took too long, and was ended"
    assert found["is no data"].lost or found["is no data"].error
    assert not psutil.Process().children()


def test_whoever_stops_listening_leaves_no_process():
    outcomes = side_by_side(["ok", *["hangs"] * 3], work, workers=4, seconds=60)
    assert next(outcomes).piece == "ok" and len(psutil.Process().children()) == 3
    outcomes.close()
    assert not psutil.Process().children()


def test_a_result_larger_than_a_pipe_comes_whole():
    (outcome,) = side_by_side(["x"], lambda piece, core: piece * 5_000_000, workers=1, seconds=30)
    assert len(outcome.result) == 5_000_000


def test_an_interrupt_at_a_fork_is_not_lost():
    code = (
        "import os, signal\nfrom dataml_lab.grading.engine.batch import side_by_side\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "os.register_at_fork(after_in_parent=lambda: signal.raise_signal(signal.SIGINT))\n"
        "try:\n    list(side_by_side(['a'], lambda piece, core: piece, 1, 30))\n"
        "except KeyboardInterrupt:\n    print('interrupted')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "interrupted\n" and not done.stderr
