"""A process that is killed at the n-th line that it runs of `dataml_lab.serving`."""

import os
import sys
from pathlib import Path

import pytest

from dataml_lab import serving

OURS = str(Path(serving.__file__).parent)
KILLED, FAILED = 9, 1


def killed_at(step, work, ours=OURS):
    """Does the work in a process of its own that ends, as by kill -9, at a line of ours; returns whether it came to it.

    `ours` is what the names of the files begin with, a text or several.
    """
    if not hasattr(os, "fork"):
        pytest.skip("a process can't be forked here")
    if child := os.fork():
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) in (0, KILLED)
        return os.waitstatus_to_exitcode(status) == KILLED
    status = FAILED
    try:
        sys.settrace(counting(step, ours))
        work()
        status = 0
    finally:
        os._exit(status)


def counting(step, ours):
    """A tracer that ends the process at a line of ours: nothing is flushed, closed or cleaned up."""
    left = step

    def line(frame, event, _):
        nonlocal left
        left -= event == "line"
        if not left:
            os._exit(KILLED)
        return line

    return lambda frame, *_: line if frame.f_code.co_filename.startswith(ours) else None
