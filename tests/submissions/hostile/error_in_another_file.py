"""Raises its error in code that says it is line 1 of /etc/passwd, the gradebook or an oracle, which a traceback then
quotes.

exercise: revenue
goal: secret
deserves: 0
"""

from itertools import cycle

names = cycle(["/etc/passwd", "/etc/shadow", "gradebook.db", "../../.salt", "../../solutions/00_start_here/oracle.py",
               "/proc/self/environ", "dataml_lab/checks/answers.py", "<stdin>", "../../../tmp/x\n\x1b[2J.py"])


def revenue(orders):
    exec(compile("raise ValueError('look at my line')", next(names), "exec"), {})
