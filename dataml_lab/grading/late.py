"""Penalties for being late: nbgrader's own, with the settings of the course."""

import sys
from pathlib import Path

from nbgrader.api import SubmittedNotebook
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config, PyFileConfigLoader

SETTINGS = "nbgrader_config.py"


def late_penalties(course: Path) -> AssignLatePenalties | None:
    """What `nbgrader autograde` assigns penalties with in a course; None if its settings leave that out. A plug-in of
    the instructor's own may lie in the course folder."""
    config = PyFileConfigLoader(SETTINGS, str(course)).load_config() if (course / SETTINGS).exists() else Config()
    sys.path.insert(0, str(course))
    try:
        for kind in Autograde(config=config).autograde_preprocessors:
            if isinstance(kind, type) and issubclass(kind, AssignLatePenalties):
                found = kind(config=config)
                found.init_plugin()
                return found
    finally:
        sys.path.remove(str(course))
    return None


def penalty(late: AssignLatePenalties, notebook: SubmittedNotebook) -> float | None:
    """The points that a notebook loses for being late, at most what it earned; None if it is in time."""
    assignment = notebook.assignment
    seconds = assignment.total_seconds_late if assignment.assignment.duedate else 0
    if not seconds:
        return None
    points = late.plugin_inst.late_submission_penalty(assignment.student.id, notebook.score, seconds)
    return None if points is None else late._check_late_penalty(notebook, points)
