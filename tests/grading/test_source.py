"""From percent source to notebook: ids, marks, essays, what the build adds, and mistakes named with their cell."""

import ast
import re
import symtable

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from dataml_lab.checks import PARTS, exercises
from dataml_lab.checks.help import without_solution_marks
from dataml_lab.grading import COURSE
from dataml_lab.grading.build import source_of
from dataml_lab.grading.source import SourceError, answer_source, notebook
from tests.grading.conftest import TINY, make_tiny_known

LESSON = "90_tiny"
SOURCE = (TINY / "solutions" / LESSON / f"{LESSON}.py").read_text("utf-8")
ESSAY = re.search(r'# %% \[markdown\] role="essay"(?s:.*?)(?=# %%)', SOURCE)[0]
QUESTION = re.search(r'# %% \[markdown\] role="question"(?s:.*?)(?=# %%)', SOURCE)[0]


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Makes the notebook of a source of the tiny lesson."""
    make_tiny_known(monkeypatch)

    def make(text):
        path = tmp_path / f"{LESSON}.py"
        path.write_text(text, "utf-8")
        return notebook(path)
    return make


def cells_of(book):
    return {cell.id: cell for cell in book.cells}


@pytest.fixture(scope="module", params=PARTS)
def lesson(request):
    """A lesson's name and its notebook."""
    return request.param, notebook(source_of(COURSE, request.param))


# ------------------------------------------------------------------------------------------------ the lessons

def test_a_notebook_is_valid_and_its_graded_cells_are_worth_their_properties(lesson):
    name, book = lesson
    nbformat.validate(book)
    points = {cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
              for cell in book.cells if cell.metadata.get("nbgrader", {}).get("grade")}
    found = exercises(name).values()
    essays = {f"{exercise.name}-essay": exercise.essay for exercise in found if exercise.essay}
    assert points == {exercise.name: exercise.points for exercise in found} | essays


def test_prompts_state_points_and_properties_and_keep_no_placeholder(lesson):
    name, book = lesson
    cells = cells_of(book)
    for exercise in exercises(name).values():
        prompt = cells[f"{exercise.name}-prompt"].source
        assert f"({exercise.points:g} point" in prompt
        if "| property | points |" in prompt:
            assert all(f"| {prop.name} |" in prompt for prop in exercise.properties)
    assert not [cell.id for cell in book.cells if re.search(r"\{\{[\w ]+\}\}", cell.source)]


def test_paragraphs_have_three_sentences_at_most(lesson):
    _, book = lesson
    for cell in (cell for cell in book.cells if cell.cell_type == "markdown"):
        for paragraph in re.split(r"\n\s*\n|```.*?```", cell.source, flags=re.DOTALL):
            if not paragraph.lstrip().startswith(("|", "-", "#", "1.", "**Read on")):
                sentences = re.findall(r"[.?!][”)*]*(?=\s|$)", paragraph.replace("**Read the figure.**", ""))
                assert len(sentences) <= 3, f"{cell.id}: {paragraph}"


def test_a_folded_figure_begins_with_a_line_that_says_so(lesson):
    """At 760 pixels JupyterLab shows this line alone, without the dots that stand for what is folded."""
    _, book = lesson
    folded = [cell.source for cell in book.cells if cell.metadata.get("jupyter", {}).get("source_hidden")]
    assert all(source.startswith("# The code of this figure.\n") for source in folded if "plt." in source)


def test_no_cell_of_a_lesson_binds_a_name_that_an_answer_defines(lesson):
    """But for what both import from the same place."""
    _, book = lesson
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    answers = [cell.source for cell in code if cell.id.endswith("-answer")]
    defined, imported = (set().union(*map(names, answers)) for names in (bound, imports))
    assert not {cell.id: found for cell in code if not cell.id.endswith("-answer")
                and (found := bound(cell.source) & defined - {name for *_, name in imports(cell.source) & imported})}


def bound(source):
    """The names that a cell binds in the notebook, by whatever statement."""
    table = symtable.symtable(TransformerManager().transform_cell(source), "cell", "exec")
    return {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}


def imports(source):
    """What a cell imports: module, what of it, and the name that this gets."""
    nodes = ast.walk(ast.parse(TransformerManager().transform_cell(source)))
    return {(getattr(node, "module", None), alias.name, alias.asname or alias.name)
            for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}


def test_a_part_is_one_sitting(lesson):
    name, book = lesson
    text = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    given = [cell for cell in book.cells if "claim" not in cell.metadata.get("tags", [])]
    minutes = max(map(int, re.findall(r"(\d+) minutes", text.partition("\n# ")[0][:3_000])))
    assert len(given) <= 70 and minutes <= 75, (len(given), minutes)
    assert f"/{name}.ipynb) | {minutes} |" in (COURSE / "README.md").read_text("utf-8")


# ------------------------------------------------------------------------------------------------ how they are made

def test_the_same_source_gives_the_same_bytes_and_another_text_another_version(made):
    assert nbformat.writes(made(SOURCE)) == nbformat.writes(made(SOURCE))
    changed = made(SOURCE.replace("Nothing follows.", "Something follows."))
    assert made(SOURCE).metadata.dataml_lab.version != changed.metadata.dataml_lab.version


def test_cell_ids_are_unique_and_come_from_exercise_and_role_or_the_place(made):
    assert [cell.id for cell in made(SOURCE).cells] == [
        "cell-001", "cell-002", "cell-003", "cell-004", "total-prompt", "total-answer", "total-check", "total-graded",
        "mean-prompt", "mean-answer", "mean-check", "mean-graded", "mean-question", "mean-essay", "cell-015",
        "cell-016"]


def test_check_and_graded_cells_are_written_behind_an_answer(made):
    says = 'role="answer" exercise="mean" check="what your means came to"'
    cells = cells_of(made(SOURCE.replace('role="answer" exercise="mean"', says)))
    assert cells["total-check"].source == (
        "# Run me as often as you like: I say what holds, in practice worlds, and what doesn't.\n"
        '# Stuck? In a cell of your own: hint("total"), and after an attempt solution("total").\n'
        'from dataml_lab.checks import check, hint, solution\n\ncheck("total", globals())')
    assert cells["total-graded"].source == (
        "# Your points: run me last, and leave me as I am.\n"
        'from dataml_lab.checks import grade\n\ngrade("total", globals())')
    assert cells["mean-check"].source.startswith("# Run me as often as you like: I say what your means came to.\n")
    assert not [cell.id for cell in cells.values() if {"check", "role", "exercise"} & cell.metadata.keys()]


def test_a_figure_is_folded_and_has_its_words_and_a_claim_is_marked(made):
    claim = cells_of(made(SOURCE))["cell-016"]
    figure = cells_of(made(SOURCE.replace('role="claim"', 'role="figure" alt="A line."')))["cell-016"]
    assert figure.metadata == {"alt": "A line.", "jupyter": {"source_hidden": True}}
    assert claim.metadata == {"tags": ["claim"]} and claim.source == figure.source


@pytest.mark.parametrize(("old", "new", "words"), [
    ('role="answer" exercise="total"', 'role="anser" exercise="total"', r"90_tiny.py, cell 6: role 'anser'"),
    ('role="answer" exercise="total"', 'role="graded" exercise="total"', "roles are prompt, answer, question, essay; "),
    ('role="answer" exercise="total"', 'role="answer" exercise="totl"', r"cell 6: .*'totl'.* are total, mean$"),
    ('role="answer" exercise="total"', "", "its exercise cells are"),
    ('[markdown] role="prompt"', 'role="prompt"', "the prompt of total is a code cell, where a markdown cell"),
    ('role="answer" exercise="total"', '[markdown] role="answer" exercise="total"', "where a code cell"),
    ('[markdown] role="essay"', 'role="essay"', "the essay of mean is a code cell"),
    ('role="claim"', '[markdown] role="claim"', "cell 12: a claim is a cell of code"),
    ('role="claim"', 'role="figure"', 'cell 12: a figure, and nothing else, has an alt='),
    ('role="claim"', 'role="claim" alt="A line."', 'cell 12: a figure, and nothing else, has an alt='),
    (ESSAY, "", "its exercise cells are"), (QUESTION, "", "its exercise cells are"),
    (QUESTION + ESSAY, ESSAY + QUESTION, "its exercise cells are"), (ESSAY, 2 * ESSAY, "its exercise cells are"),
])
def test_a_mistake_in_the_source_is_named(made, old, new, words):
    assert old in SOURCE
    with pytest.raises(SourceError, match=words):
        made(SOURCE.replace(old, new, 1))


def test_the_answer_comes_without_its_marks(made):
    answer = without_solution_marks(answer_source(made(SOURCE), "total"))
    assert "SOLUTION" not in answer
    compile(answer, "answer", "exec")


def test_an_essay_is_two_more_cells_and_a_person_gives_its_points(made):
    cells = cells_of(made(SOURCE))
    question, answer = cells["mean-question"], cells["mean-essay"]
    assert "(4 points, graded by a person)" in question.source and answer.source.startswith("A mean follows few")
    assert {"grade": False, "solution": False, "locked": True}.items() <= question.metadata.nbgrader.items()
    assert answer.metadata.nbgrader == {
        "grade": True, "solution": True, "locked": False, "task": False, "points": 4, "schema_version": 3,
        "grade_id": "mean-essay"}
    assert cells["mean-graded"].metadata.nbgrader.points == 2


def test_an_exercise_without_an_essay_has_four_cells(made, monkeypatch):
    text = SOURCE.replace(QUESTION + ESSAY, "")
    assert "mean-essay" in cells_of(made(SOURCE))
    monkeypatch.setattr(exercises(LESSON)["mean"], "essay", 0)
    assert "mean-essay" not in cells_of(made(text))
    with pytest.raises(SourceError, match="its exercise cells are"):
        made(SOURCE)
