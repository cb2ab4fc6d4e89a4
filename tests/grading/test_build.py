"""Building: what is committed is what the sources make, and nothing of an answer reaches the students."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.preprocessors import CheckCellMetadata

from dataml_lab.checks import PARTS, exercises
from dataml_lab.checks.help import without_solution_marks
from dataml_lab.grading import COURSE
from dataml_lab.grading.build import (
    BuildError,
    build,
    is_current,
    release,
    release_path,
    solution_path,
    source_of,
    write,
)
from dataml_lab.grading.source import answer_source, notebook
from tests.grading.conftest import TOGETHER

pytestmark = TOGETHER
LESSON = "90_tiny"


def bare(book):
    """A notebook's cells without what execution adds."""
    return [{key: value for key, value in cell.items() if key not in ("outputs", "execution_count")}
            for cell in book.cells]


@pytest.mark.parametrize("lesson", PARTS)
def test_a_released_notebook_is_rebuilt_byte_for_byte(lesson, tmp_path):
    shutil.copy(COURSE / "nbgrader_config.py", tmp_path)
    (tmp_path / "solutions" / lesson).mkdir(parents=True)
    shutil.copy(source_of(COURSE, lesson), tmp_path / "solutions" / lesson)
    release(tmp_path, lesson)
    assert release_path(tmp_path, lesson).read_bytes() == release_path(COURSE, lesson).read_bytes(), (
        f"notebooks/{lesson} is not what its source makes: run `dataml-lab build`")
    assert [path.name for path in release_path(tmp_path, lesson).parent.iterdir()] == [f"{lesson}.ipynb"]


@pytest.mark.full
def test_nbgrader_itself_releases_the_same_and_copies_no_source(tiny_course):
    before = release_path(tiny_course, LESSON).read_bytes()
    write(solution_path(tiny_course, LESSON), notebook(source_of(tiny_course, LESSON)))
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", LESSON, "--force"]
    subprocess.run(command, cwd=tiny_course, check=True)
    released = nbformat.read(release_path(tiny_course, LESSON), as_version=4)
    assert nbformat.v4.writes(released) + "\n" == before.decode()
    assert [path.name for path in release_path(tiny_course, LESSON).parent.iterdir()] == [f"{LESSON}.ipynb"]


@pytest.mark.parametrize("lesson", PARTS)
def test_a_solution_notebook_has_the_cells_of_its_source(lesson):
    committed = nbformat.read(solution_path(COURSE, lesson), as_version=4)
    assert bare(committed) == bare(notebook(source_of(COURSE, lesson)))
    assert is_current(COURSE, lesson)


def test_a_claim_is_executed_and_not_released(tiny_course):
    assert "assert NOTHING == 0" not in release_path(tiny_course, LESSON).read_text("utf-8")
    changed(tiny_course, "assert NOTHING == 0", "assert NOTHING == 1")
    with pytest.raises(BuildError, match="assert NOTHING == 1"):
        build(tiny_course, LESSON)


def test_a_release_that_somebody_worked_in_is_not_current(tiny_course):
    assert not is_current(tiny_course, LESSON)
    write(solution_path(tiny_course, LESSON), notebook(source_of(tiny_course, LESSON)))
    assert is_current(tiny_course, LESSON)
    book = nbformat.read(release_path(tiny_course, LESSON), as_version=4)
    next(cell for cell in book.cells if cell.cell_type == "code").execution_count = 1
    nbformat.write(book, release_path(tiny_course, LESSON))
    assert not is_current(tiny_course, LESSON)


def answers(lesson):
    """The sources that would answer an exercise: solutions, the oracle and the catalogue's right answers."""
    book, folder = notebook(source_of(COURSE, lesson)), COURSE / "solutions" / lesson
    yield from (without_solution_marks(answer_source(book, name)) for name in exercises(lesson))
    yield from (cell.source for cell in book.cells if cell.id.endswith("-essay"))
    files = [*folder.glob("oracle.py"), *(folder / "answers").rglob("right_*.py")]
    yield from (file.read_text("utf-8") for file in files)


def bare_lines(source):
    return [line.strip() for line in source.splitlines() if line.strip()]


def statements(lesson):
    """Lines of answers that can't be there by chance: not imports, not what prompt and stub give."""
    given = "\n".join(cell.source for cell in nbformat.read(release_path(COURSE, lesson), as_version=4).cells
                      if cell.id.endswith(("-prompt", "-answer")))
    lines = {line for answer in answers(lesson) for line in bare_lines(answer)}
    return {line for line in lines if len(line) > 24 and "import " not in line and line not in given}


@pytest.mark.parametrize("lesson", PARTS)
def test_students_get_no_answer_no_hidden_part_and_no_oracle(lesson):
    files = [path for path in (COURSE / "notebooks" / lesson).rglob("*") if path.is_file()]
    assert [path.name for path in files if ".ipynb_checkpoints" not in path.parts] == [f"{lesson}.ipynb"]
    text = "\n".join(cell.source for cell in nbformat.read(release_path(COURSE, lesson), as_version=4).cells)
    assert len(statements(lesson)) > 20 or not exercises(lesson)
    solved = re.findall(r"(?s)### BEGIN SOLUTION\n(.*?)\n *### END", source_of(COURSE, lesson).read_text("utf-8"))
    assert len(solved) >= len(exercises(lesson)) and not [region for region in solved if region in text]
    assert not [line for line in statements(lesson) if line in text]
    assert not [word for word in ("SOLUTION", "HIDDEN", "oracle", "ORACLES", "SALT") if word in text]


@pytest.mark.parametrize("lesson", PARTS)
def test_the_package_that_students_get_has_no_right_answer_either(lesson):
    package = "\n".join("\n".join(bare_lines(path.read_text("utf-8")))
                        for path in (COURSE / "dataml_lab").rglob("*.py"))
    for answer in answers(lesson):
        lines = [line for line in bare_lines(answer) if "import " not in line]
        runs = ["\n".join(lines[start:start + 3]) for start in range(len(lines) - 2)]
        assert not [run for run in runs if len(run) > 60 and run in package]


def test_released_notebooks_have_no_outputs():
    for lesson in PARTS:
        book = nbformat.read(release_path(COURSE, lesson), as_version=4)
        assert not [cell.id for cell in book.cells if cell.get("outputs")]


def changed(course, old, new):
    """The course with another text in the source of its lesson."""
    source = source_of(course, LESSON)
    text = source.read_text("utf-8")
    assert old in text
    source.write_text(text.replace(old, new, 1), "utf-8")


def files(course):
    return {path: path.read_bytes() for part in ("solutions", "notebooks") for path in (course / part).rglob("*.ipynb")}


@pytest.mark.parametrize(("instead", "why"), [
    ("NOTHING = zero", r"NameError.*name 'zero' is not defined"),
    ("NOTHING = 0\nimport sys; sys.prefix", rf"its output names {re.escape(sys.prefix)}, a folder of this machine"),
])
def test_a_source_that_fails_leaves_the_notebooks_as_they_were(instead, why, tiny_course):
    build(tiny_course, LESSON)
    assert is_current(tiny_course, LESSON)
    before = files(tiny_course)
    changed(tiny_course, "NOTHING = 0", instead)
    assert not is_current(tiny_course, LESSON)
    with pytest.raises(BuildError, match=why):
        build(tiny_course, LESSON)
    assert files(tiny_course) == before


def test_a_stub_that_breaks_its_cell_is_refused(tiny_course):
    before = files(tiny_course)
    changed(tiny_course, "    ### BEGIN SOLUTION\n", "")
    changed(tiny_course, "def total(values):", "### BEGIN SOLUTION\ndef total(values):")
    with pytest.raises(BuildError, match="total-answer: released, it is no Python"):
        release(tiny_course, LESSON)
    assert files(tiny_course) == before


def test_what_nbgrader_refuses_is_said_in_a_line_and_nothing_is_deleted(tiny_course, monkeypatch):
    def refuse(*_):
        raise ValueError("Duplicate grade id\nand more")

    before = files(tiny_course)
    monkeypatch.setattr(CheckCellMetadata, "preprocess", refuse)
    with pytest.raises(BuildError, match=rf"^{LESSON}: nbgrader could not make .*: ValueError: Duplicate grade id$"):
        release(tiny_course, LESSON)
    assert files(tiny_course) == before


def test_an_unknown_lesson_is_named_with_those_that_exist():
    with pytest.raises(BuildError, match="01a_ingest"):
        source_of(COURSE, "01_pipline")
    with pytest.raises(BuildError):
        source_of(Path("/nowhere"), "01a_ingest")
