"""Raises its error in code that says its file is /dev/zero, or a pipe that nobody writes to: a traceback reads it to
its end for the line.

exercise: revenue
goal: limits
deserves: 0
"""

import os
from itertools import cycle

names = cycle(["/dev/zero", "/tmp/dataml-lab-was-here.pipe", "/dev/urandom", "/dev/stdin", "/dev/tty"])


def revenue(orders):
    name = next(names)
    if name.endswith(".pipe") and not os.path.exists(name):
        os.mkfifo(name)
    exec(compile("raise ValueError('look at my line')", name, "exec"), {"__file__": name})
