"""From sources to notebooks: `solutions/NN/NN.ipynb` executed, `notebooks/NN/NN.ipynb` as students get it."""

import copy
import json
import sys
import traceback
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import SaveCells
from traitlets.config import Config, PyFileConfigLoader

from dataml_lab.checks import PARTS
from dataml_lab.grading.environment import environment
from dataml_lab.grading.releases import keep, release_path, require_frozen, version_of, write
from dataml_lab.grading.source import notebook

CELL_SECONDS = 120  # no cell of a lesson runs longer


class BuildError(RuntimeError):
    """A notebook that could not be made; the message names it and says why. What was there before stays."""


def source_of(course: Path, lesson: str) -> Path:
    """The source of a lesson; BuildError naming the lessons that exist."""
    path = course / "solutions" / lesson / f"{lesson}.py"
    if lesson not in PARTS or not path.exists():
        raise BuildError(f"There is no lesson {lesson!r} at {path}. There are: {', '.join(PARTS)}.")
    return path


def solution_path(course: Path, lesson: str) -> Path:
    """Where the executed notebook of a lesson lies."""
    return course / "solutions" / lesson / f"{lesson}.ipynb"


def is_current(course: Path, lesson: str) -> bool:
    """Whether both notebooks of a lesson exist and come from its source as it is now, and nobody worked in the released
    one, which is easily done: `dataml-lab lab` opens it."""
    version = notebook(source_of(course, lesson)).metadata.dataml_lab.version
    paths = solution_path(course, lesson), release_path(course, lesson)
    if not all(path.exists() for path in paths):
        return False
    books = [nbformat.read(path, as_version=4) for path in paths]
    worked_in = any(cell.get("outputs") or cell.get("execution_count") for cell in books[1].cells)
    return not worked_in and all(version_of(book) == version for book in books)


def build(course: Path, lesson: str) -> None:
    """Makes both notebooks of a lesson. Each replaces the one before only when it is complete."""
    fresh = notebook(source_of(course, lesson))
    done = executed(fresh, solution_path(course, lesson).parent)
    _require_portable(course, lesson, done)
    write(solution_path(course, lesson), done)
    release(course, lesson)


def executed(book: NotebookNode, folder: Path) -> NotebookNode:
    """The notebook with the outputs of running it in `folder`; BuildError with the cell that failed."""
    client = NotebookClient(book, timeout=CELL_SECONDS, record_timing=False, kernel_name="python3",
                            resources={"metadata": {"path": str(folder)}},
                            config=Config(KernelManager={"transport_encryption": "auto"}))
    try:
        with environment(DATAML_LAB_SALT=None, DATAML_LAB_ORACLES=None, DATAML_LAB_STUDENT=None):
            done = client.execute()
    except CellExecutionError as error:
        raise BuildError(f"{folder.name}: a cell of the solution failed.\n{strip_ansi(str(error))}") from None
    done.metadata.pop("language_info", None)  # holds the version of Python
    return done


def _require_portable(course: Path, lesson: str, book: NotebookNode) -> None:
    """No output may name a folder of this machine: on any other, it would be another one."""
    for cell in book.cells:
        words = json.dumps(cell.get("outputs", []), ensure_ascii=False)
        for folder in (course, Path(sys.prefix)):
            if str(folder) in words:
                raise BuildError(f"{lesson}, cell {cell.id}: its output names {folder}, a folder of this machine. If "
                                 "it says what is not installed, install that first: make engines.")


def release(course: Path, lesson: str, gradebook: Path | None = None) -> str:
    """Makes the released notebook of a lesson, and returns its version. With a gradebook, its cells are registered
    there and it is kept; ReleaseError where submissions forbid that.

    The notebook is complete before anything is written. Whatever interrupts the rest, the notebook of before stays in
    place and doing it again completes it.
    """
    fresh = notebook(source_of(course, lesson))
    if gradebook:
        require_frozen(gradebook, lesson, fresh)
    released = _generated(course, lesson, fresh)
    _require_compiling(lesson, released)
    if gradebook:
        keep(course, lesson, released)
        _generated(course, lesson, fresh, gradebook)
    write(release_path(course, lesson), released)
    return version_of(released)


def _generated(course: Path, lesson: str, fresh: NotebookNode, gradebook: Path | None = None) -> NotebookNode:
    """What students get of a notebook: the result of the preprocessors that `nbgrader generate_assignment` runs, with
    the settings of the course. With a gradebook, its cells are registered there."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    database = f"sqlite:///{gradebook}"
    resources = {"nbgrader": {"student": ".", "assignment": lesson, "notebook": lesson, "db_url": database}}
    try:
        if gradebook:
            with Gradebook(database, config.CourseDirectory.course_id) as book:
                book.update_or_create_assignment(lesson)
        released = copy.deepcopy(fresh)
        for preprocessor in GenerateAssignment(config=config).preprocessors:
            if gradebook or preprocessor is not SaveCells:
                released, resources = preprocessor(config=config)(released, resources)
        return released
    except Exception as error:
        reason = "".join(traceback.format_exception_only(error)).splitlines()[0]
        raise BuildError(f"{lesson}: nbgrader could not make the released notebook: {reason}") from error


def _require_compiling(lesson: str, book: NotebookNode) -> None:
    """A stub must leave code that runs: one in place of a whole function would be a `return` outside of any."""
    for cell in book.cells:
        if cell.cell_type == "code":
            try:
                compile(TransformerManager().transform_cell(cell.source), cell.id, "exec")
            except SyntaxError as error:
                raise BuildError(f"{lesson}, cell {cell.id}: released, it is no Python any more: {error}") from None
