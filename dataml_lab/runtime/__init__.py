"""What a process that runs an answer is made of: how an answer is called, timed and taken as plain data, and the worker
in which it is graded. Of this package, such a process sees this room, the Store and the lesson modules, and no more.
"""

HIDDEN = frozenset({"checks", "grading"})  # rooms that hold what is right: no worker can read or import them


def is_hidden(module: str) -> bool:
    """Whether the module of this name is in a room that workers don't see.

    >>> is_hidden("dataml_lab.checks.start"), is_hidden("dataml_lab.store"), is_hidden("numpy")
    (True, False, False)
    """
    package, _, rest = module.partition(".")
    return package == "dataml_lab" and rest.partition(".")[0] in HIDDEN
