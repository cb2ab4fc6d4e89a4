"""The corpus of submissions as folders that were handed in: honest ones, accidents, attacks."""

import ast
import json
import re
import runpy
from pathlib import Path
from typing import NamedTuple

from dataml_lab.checks import PARTS as KNOWN
from dataml_lab.checks import exercises, part_of

CORPUS = Path(__file__).parents[1] / "submissions"
PARTS = tuple(KNOWN)  # of which there are submissions
SALT = "4d1f0c8a0e7b6c5a"
# Some of each kind, all of the first lesson: `make test` grades these, `make test-full` the others.
TELLING = """
    revenue_right revenue_not_begun revenue_forgets_the_condition revenue_prints_only revenue_threads_and_files
    worth_it_right
    answer_in_two_cells answer_turned_into_markdown colab deep_json deleted_answer_cell deleted_graded_cell
    duplicate_ids edited_graded_cell empty_file folder_is_a_link helper_in_a_lesson_cell latin_1 magics_in_the_answer
    nbformat_3 no_file no_metadata_at_all notebook_is_a_link older_release renamed_by_the_browser script_for_the_browser
    skip_execution_tags symbolic_links wrong_types_in_json
    answers_twice cells_rewritten checks_module_forged descriptors_written equal_to_everything gradebook_changed
    memory_filled network_called not_a_number package_searched pickled_code process_ended
    sandbox_left secrets_in_the_heap signals_off submissions_of_others worlds_told worth_it_borrows_from_the_checks
"""


class Case(NamedTuple):
    """A submission of the corpus, and what its docstring says of it."""

    file: Path
    lesson: str
    exercise: str
    goal: str  # marks, secret, others, batch, limits, trace or accident; empty for honest ones
    deserves: float | None  # points that what it does deserves; None where that is a matter of taste

    @property
    def is_telling(self):
        return self.file.stem in TELLING.split()

    @property
    def student(self):
        each = f"-{self.exercise}" if self.file.stem.startswith("any_exercise") else ""
        return f"{self.file.parent.name}-{self.file.stem}{each}".replace("_", "-")


def cases(kind):
    return [case for file in sorted((CORPUS / kind).glob("*.py")) for case in described(file)]


def described(file):
    """The case of a file; where it is one of every exercise, a case for each."""
    text = ast.get_docstring(ast.parse(file.read_text("utf-8")))
    said = dict(re.findall(r"(?m)^(exercise|goal|deserves): +(.+)$", text))
    points = None if said["deserves"].startswith("?") else float(said["deserves"].split()[0])
    goal = said.get("goal", "")
    if said["exercise"] == "every":
        return [Case(file, part, name, goal, points) for part in PARTS for name in exercises(part)]
    return [Case(file, part_of(said["exercise"]), said["exercise"], goal, points)]


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
        if name == ".":
            path.rmdir()
        path.symlink_to(content) if isinstance(content, str) else path.write_bytes(content)


def handed_in(case, released):
    if case.file.parent.name == "files":
        return runpy.run_path(str(case.file))["files"](released)
    answer, = (cell for cell in released["cells"] if cell.get("id") == f"{case.exercise}-answer")
    answer["source"] = case.file.read_text("utf-8")
    return {f"{case.lesson}.ipynb": json.dumps(released).encode()}
