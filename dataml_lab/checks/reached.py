"""What was reached in each exercise: a row in one file of SQLite on this machine, which can be deleted at any time."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

VARIABLE = "DATAML_LAB_PROGRESS"  # names the file; nothing is kept where it is not set
TABLE = "CREATE TABLE IF NOT EXISTS reached (exercise TEXT PRIMARY KEY, earned REAL, points REAL, at TEXT)"
ROW = "INSERT OR REPLACE INTO reached VALUES (?, ?, ?, datetime('now'))"
WAIT_S = 2  # for another notebook that writes at the same moment


class Reached(NamedTuple):
    """The points that the last answer to an exercise earned in practice worlds, of how many."""

    earned: float
    points: float


def keep(exercise: str, earned: float, points: float) -> str:
    """Keeps what an answer earned, in the file that the variable names; where that fails, a sentence says why."""
    if VARIABLE not in os.environ:
        return ""
    try:
        with closing(sqlite3.connect(os.environ[VARIABLE], timeout=WAIT_S)) as file, file:
            file.execute(TABLE)
            file.execute(ROW, (exercise, earned, points))
    except sqlite3.Error as error:
        return f"Your progress was not kept ({error}): {os.environ[VARIABLE]}. It can be deleted at any time."
    return ""


def forget(path: Path, exercises: tuple[str, ...]) -> None:
    """Takes exercises out of a file, if there is one."""
    if path.exists():
        with closing(sqlite3.connect(path, timeout=WAIT_S)) as file, file:
            file.execute(TABLE)
            file.executemany("DELETE FROM reached WHERE exercise = ?", [(name,) for name in exercises])


def reached(path: Path) -> dict[str, Reached]:
    """What was reached in each exercise, by its name; empty where there is no file, or none that can be read."""
    if not path.exists():
        return {}
    try:
        with closing(sqlite3.connect(path, timeout=WAIT_S)) as file:
            rows = file.execute("SELECT exercise, earned, points FROM reached").fetchall()
    except sqlite3.Error:
        return {}
    return {exercise: Reached(earned, points) for exercise, earned, points in rows}
