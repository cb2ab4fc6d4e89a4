"""The corpus of submissions as folders that were handed in: honest ones, accidents, attacks."""

import ast
import json
import re
import runpy
from pathlib import Path
from typing import NamedTuple

CORPUS = Path(__file__).parents[1] / "submissions"
LESSONS = ("00_start_here", "01_pipeline", "02_batch_and_stream")  # of which there are submissions
SALT = "4d1f0c8a0e7b6c5a"


class Case(NamedTuple):
    """A submission of the corpus, and what its docstring says of it."""

    file: Path
    lesson: str
    exercise: str
    goal: str  # marks, secret, others, batch, limits, trace or accident; empty for honest ones
    deserves: float | None  # points that what it does deserves; None where that is a matter of taste

    @property
    def student(self):
        return f"{self.file.parent.name}-{self.file.stem}".replace("_", "-")


def cases(kind):
    return [case(file) for file in sorted((CORPUS / kind).glob("*.py"))]


def case(file):
    text = ast.get_docstring(ast.parse(file.read_text("utf-8")))
    said = dict(re.findall(r"(?m)^(lesson|exercise|goal|deserves): +(.+)$", text))
    points = None if said["deserves"].startswith("?") else float(said["deserves"].split()[0])
    return Case(file, said["lesson"], said["exercise"], said.get("goal", ""), points)


def hand_in(course, case, lesson_cells=True):
    """Puts a case where submissions lie; perhaps without the lesson's own cells of code, which take their time."""
    folder = course / "submitted" / case.student / case.lesson
    folder.mkdir(parents=True)
    released = json.loads((course / "notebooks" / case.lesson / f"{case.lesson}.ipynb").read_text("utf-8"))
    released["cells"] = [cell for cell in released["cells"]
                         if lesson_cells or cell["cell_type"] != "code" or "nbgrader" in cell["metadata"]]
    for name, content in handed_in(case, released).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(content) if isinstance(content, str) else path.write_bytes(content)


def handed_in(case, released):
    if case.file.parent.name == "files":
        return runpy.run_path(str(case.file))["files"](released)
    answer, = (cell for cell in released["cells"] if cell.get("id") == f"{case.exercise}-answer")
    answer["source"] = case.file.read_text("utf-8")
    return {f"{case.lesson}.ipynb": json.dumps(released).encode()}
