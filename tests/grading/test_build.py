"""Building: what is committed is what the sources make, and nothing of an answer reaches the students."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.preprocessors import CheckCellMetadata

from dataml_lab.checks import LESSONS, exercises
from dataml_lab.grading import COURSE
from dataml_lab.grading.build import (
    BuildError,
    build,
    is_current,
    release,
    release_path,
    solution_path,
    source_of,
)
from dataml_lab.grading.source import answer_source, notebook, without_solution_marks

LESSON = "01_pipeline"


@pytest.fixture
def course(tmp_path):
    """A copy of the course without its notebooks."""
    shutil.copy(COURSE / "nbgrader_config.py", tmp_path)
    shutil.copytree(COURSE / "solutions", tmp_path / "solutions", ignore=shutil.ignore_patterns("*.ipynb"))
    return tmp_path


def bare(book):
    """A notebook's cells without what execution adds."""
    return [{key: value for key, value in cell.items() if key not in ("outputs", "execution_count")}
            for cell in book.cells]


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_released_notebook_is_rebuilt_byte_for_byte(lesson, course):
    release(course, lesson)
    assert release_path(course, lesson).read_bytes() == release_path(COURSE, lesson).read_bytes(), (
        f"notebooks/{lesson} is not what its source makes: run `dataml-lab build`")
    assert [path.name for path in release_path(course, lesson).parent.iterdir()] == [f"{lesson}.ipynb"]


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_solution_notebook_has_the_cells_of_its_source(lesson):
    committed = nbformat.read(solution_path(COURSE, lesson), as_version=4)
    assert bare(committed) == bare(notebook(source_of(COURSE, lesson)))
    assert is_current(COURSE, lesson)


def test_a_release_that_somebody_worked_in_is_not_current(course):
    for path in (solution_path, release_path):
        path(course, LESSON).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path(COURSE, LESSON), path(course, LESSON))
    assert is_current(course, LESSON)
    book = nbformat.read(release_path(course, LESSON), as_version=4)
    next(cell for cell in book.cells if cell.cell_type == "code").execution_count = 1
    nbformat.write(book, release_path(course, LESSON))
    assert not is_current(course, LESSON)


def answers(lesson):
    """The sources that would answer an exercise: solutions, the oracle and the catalogue's right answers."""
    book, folder = notebook(source_of(COURSE, lesson)), COURSE / "solutions" / lesson
    yield from (without_solution_marks(answer_source(book, name)) for name in exercises(lesson))
    yield from (cell.source for cell in book.cells if cell.id.endswith("-essay"))
    yield from (file.read_text("utf-8") for file in [folder / "oracle.py", *(folder / "answers").rglob("right_*.py")])


def bare_lines(source):
    return [line.strip() for line in source.splitlines() if line.strip()]


def statements(lesson):
    """Lines of answers that can't be there by chance: not imports, not what prompt and stub give."""
    given = "\n".join(cell.source for cell in nbformat.read(release_path(COURSE, lesson), as_version=4).cells
                      if cell.id.endswith(("-prompt", "-answer")))
    lines = {line for answer in answers(lesson) for line in bare_lines(answer)}
    return {line for line in lines if len(line) > 24 and "import " not in line and line not in given}


@pytest.mark.parametrize("lesson", LESSONS)
def test_students_get_no_answer_no_hidden_part_and_no_oracle(lesson):
    files = [path for path in (COURSE / "notebooks" / lesson).rglob("*") if path.is_file()]
    assert [path.name for path in files if ".ipynb_checkpoints" not in path.parts] == [f"{lesson}.ipynb"]
    text = "\n".join(cell.source for cell in nbformat.read(release_path(COURSE, lesson), as_version=4).cells)
    assert len(statements(lesson)) > 20
    solved = re.findall(r"(?s)### BEGIN SOLUTION\n(.*?)\n *### END", source_of(COURSE, lesson).read_text("utf-8"))
    assert len(solved) >= len(exercises(lesson)) and not [region for region in solved if region in text]
    assert not [line for line in statements(lesson) if line in text]
    assert not [word for word in ("SOLUTION", "HIDDEN", "oracle", "ORACLES", "SALT") if word in text]


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_package_that_students_get_has_no_right_answer_either(lesson):
    package = "\n".join("\n".join(bare_lines(path.read_text("utf-8")))
                        for path in (COURSE / "dataml_lab").rglob("*.py"))
    for answer in answers(lesson):
        lines = [line for line in bare_lines(answer) if "import " not in line]
        runs = ["\n".join(lines[start:start + 3]) for start in range(len(lines) - 2)]
        assert not [run for run in runs if len(run) > 60 and run in package]


def test_released_notebooks_have_no_outputs():
    for lesson in LESSONS:
        book = nbformat.read(release_path(COURSE, lesson), as_version=4)
        assert not [cell.id for cell in book.cells if cell.get("outputs")]


def test_a_source_that_fails_leaves_the_notebooks_as_they_were(course):
    for path in (solution_path, release_path):
        path(course, LESSON).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path(COURSE, LESSON), path(course, LESSON))
    source = source_of(course, LESSON)
    source.write_text(source.read_text("utf-8").replace("store = Store()", "store = Stoer()", 1), "utf-8")
    assert not is_current(course, LESSON)
    with pytest.raises(BuildError, match=r"NameError.*name 'Stoer' is not defined"):
        build(course, LESSON)
    for path in (solution_path, release_path):
        assert path(course, LESSON).read_bytes() == path(COURSE, LESSON).read_bytes()


def test_a_stub_that_breaks_its_cell_is_refused(course):
    source = source_of(course, LESSON)
    text = source.read_text("utf-8")
    text = text.replace("def fetch_all(api, state):", "### BEGIN SOLUTION\ndef fetch_all(api, state):", 1)
    text = text.replace("    ### BEGIN SOLUTION\n    since", "    since", 1)
    source.write_text(text, "utf-8")
    with pytest.raises(BuildError, match="fetch_all-answer: released, it is no Python"):
        release(course, LESSON)
    assert not release_path(course, LESSON).exists()


def test_what_nbgrader_refuses_is_said_in_a_line_and_nothing_is_deleted(course, monkeypatch):
    def refuse(*_):
        raise ValueError("Duplicate grade id\nand more")

    release(course, LESSON)
    before = release_path(course, LESSON).read_bytes()
    monkeypatch.setattr(CheckCellMetadata, "preprocess", refuse)
    with pytest.raises(BuildError, match=rf"^{LESSON}: nbgrader could not make .*: ValueError: Duplicate grade id$"):
        release(course, LESSON)
    assert release_path(course, LESSON).read_bytes() == before


def test_an_unknown_lesson_is_named_with_those_that_exist():
    with pytest.raises(BuildError, match="01_pipeline"):
        source_of(COURSE, "01_pipline")
    with pytest.raises(BuildError):
        source_of(Path("/nowhere"), LESSON)
