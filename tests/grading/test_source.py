"""From percent source to notebook: ids, marks, essays, and mistakes named with their cell."""

import re

import nbformat
import pytest

from dataml_lab.checks import LESSONS, exercises
from dataml_lab.grading import COURSE
from dataml_lab.grading.build import source_of
from dataml_lab.grading.source import ESSAY, ROLES, SourceError, answer_source, notebook, without_solution_marks

LESSON = "01_pipeline"


@pytest.fixture(scope="module")
def source():
    return source_of(COURSE, LESSON).read_text("utf-8")


def made(tmp_path, text):
    path = tmp_path / f"{LESSON}.py"
    path.write_text(text, "utf-8")
    return notebook(path)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_notebook_is_valid_and_its_graded_cells_are_worth_their_properties(lesson):
    book = notebook(source_of(COURSE, lesson))
    nbformat.validate(book)
    points = {cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
              for cell in book.cells if cell.metadata.get("nbgrader", {}).get("grade")}
    found = exercises(lesson).values()
    essays = {f"{exercise.name}-essay": exercise.essay for exercise in found if exercise.essay}
    assert points == {exercise.name: exercise.points for exercise in found} | essays


def test_the_same_source_gives_the_same_bytes(tmp_path, source):
    assert nbformat.writes(made(tmp_path, source)) == nbformat.writes(made(tmp_path, source))


def test_the_version_changes_with_any_cell(tmp_path, source):
    changed = source.replace("# ## Serve", "# ## Publish")
    assert made(tmp_path, source).metadata.dataml_lab.version != made(tmp_path, changed).metadata.dataml_lab.version


def test_cell_ids_are_unique_and_come_from_exercise_and_role(tmp_path, source):
    ids = [cell.id for cell in made(tmp_path, source).cells]
    assert len(set(ids)) == len(ids)
    assert {f"{name}-{role}" for name in exercises(LESSON) for role in ROLES if role not in ESSAY} <= set(ids)


@pytest.mark.parametrize(("old", "new", "words"), [
    ('role="answer" exercise="fetch_all"', 'role="anser" exercise="fetch_all"', r"cell \d+: role 'anser'"),
    ('role="answer" exercise="fetch_all"', 'role="graded" exercise="fetch_all"', "roles are prompt, answer, question"),
    ('role="answer" exercise="fetch_all"', 'role="answer" exercise="fetchall"', r"cell \d+: .*'fetchall'"),
    ('role="answer" exercise="fetch_all"', "", "its exercise cells are"),
    ('[markdown] role="prompt"', 'role="prompt"', "the prompt of fetch_all is a code cell, where a markdown cell"),
    ('role="answer" exercise="fetch_all"', '[markdown] role="answer" exercise="fetch_all"', "where a code cell"),
])
def test_a_mistake_in_the_source_is_named(tmp_path, source, old, new, words):
    with pytest.raises(SourceError, match=words):
        made(tmp_path, source.replace(old, new, 1))


def test_prompts_tell_points_and_properties_and_keep_no_placeholder(tmp_path, source):
    book = made(tmp_path, source)
    for name, exercise in exercises(LESSON).items():
        prompt = next(cell.source for cell in book.cells if cell.id == f"{name}-prompt")
        assert f"({exercise.points:g} points, about" in prompt
        if "| property | points |" in prompt:
            assert all(f"| {prop.name} |" in prompt for prop in exercise.properties)
    assert not [cell.id for cell in book.cells if re.search(r"\{\{[\w ]+\}\}", cell.source)]


def test_paragraphs_have_three_sentences_at_most(tmp_path, source):
    for cell in made(tmp_path, source).cells:
        if cell.cell_type == "markdown":
            for paragraph in re.split(r"\n\s*\n|```.*?```", cell.source, flags=re.DOTALL):
                if not paragraph.lstrip().startswith(("|", "-", "#", "1.", "**Read on")):
                    told = paragraph.replace("**Read the figure.**", "")
                    sentences = re.findall(r"[.?!][”)*]*(?=\s|$)", told)
                    assert len(sentences) <= 3, f"{cell.id}: {paragraph}"


def test_check_and_graded_cells_are_written_behind_an_answer(tmp_path, source):
    check, graded = "from dataml_lab.checks import check", "from dataml_lab.checks import grade"
    assert check not in source and graded not in source
    book = made(tmp_path, source)
    for name in exercises(LESSON):
        place = next(place for place, cell in enumerate(book.cells) if cell.id == f"{name}-answer")
        assert [cell.source.split("\n", 1)[1] for cell in book.cells[place + 1:place + 3]] == [
            f'{check}\n\ncheck("{name}", globals())', f'{graded}\n\ngrade("{name}", globals())']
    assert "I say which faulty cleaners your tests let pass.\n" in "".join(cell.source for cell in book.cells)


def test_the_answer_comes_without_its_marks(tmp_path, source):
    answer = without_solution_marks(answer_source(made(tmp_path, source), "fetch_all"))
    assert "SOLUTION" not in answer
    compile(answer, "answer", "exec")


# ------------------------------------------------------------------------------------------------ essays

@pytest.fixture
def essay(monkeypatch):
    """One exercise of the lesson, with an essay worth 2.5 points."""
    exercise = exercises(LESSON)["cleaner_tests"]
    monkeypatch.setattr(exercise, "essay", 2.5)
    return exercise


QUESTION = """
# %% [markdown] role="question" exercise="cleaner_tests"
# ### What would you test first? ({{essay points}})
#
# | what your answer says | points |
# |---|---:|
# | names the costliest mistake | 2.5 |
"""
MODEL = """
# %% [markdown] role="essay" exercise="cleaner_tests"
# The sums.
"""


def with_essay(source, text=QUESTION + MODEL):
    """The source with these cells behind the answer to `cleaner_tests`, instead of those that it may have."""
    source = re.sub(r'# %% \[markdown\] role="(question|essay)" exercise="cleaner_tests"(?s:.*?)(?=# %%)', "", source)
    return re.sub(r'(# %% role="answer" exercise="cleaner_tests"(?s:.*?))(?=# %%)', rf"\1\n{text}\n", source)


def test_an_essay_is_two_more_cells_and_a_person_gives_its_points(tmp_path, source, essay):
    cells = {cell.id: cell for cell in made(tmp_path, with_essay(source)).cells}
    question, answer = cells["cleaner_tests-question"], cells["cleaner_tests-essay"]
    assert "What would you test first? (2.5 points)" in question.source and answer.source == "The sums."
    assert {"grade": False, "solution": False, "locked": True}.items() <= question.metadata.nbgrader.items()
    assert answer.metadata.nbgrader == {
        "grade": True, "solution": True, "locked": False, "task": False, "points": 2.5, "schema_version": 3,
        "grade_id": "cleaner_tests-essay"}
    assert cells["cleaner_tests-graded"].metadata.nbgrader.points == essay.points


@pytest.mark.parametrize("text", ["", QUESTION, MODEL, MODEL + QUESTION, QUESTION + MODEL + MODEL])
def test_an_exercise_with_an_essay_has_six_cells_in_order(tmp_path, source, essay, text):
    with pytest.raises(SourceError, match="its exercise cells are"):
        made(tmp_path, with_essay(source, text))


def test_an_exercise_without_an_essay_has_four(tmp_path, source, essay, monkeypatch):
    monkeypatch.setattr(essay, "essay", 0)
    assert made(tmp_path, with_essay(source, ""))
    with pytest.raises(SourceError, match="its exercise cells are"):
        made(tmp_path, with_essay(source))


def test_an_essay_in_code_is_refused(tmp_path, source, essay):
    with pytest.raises(SourceError, match="the essay of cleaner_tests is a code cell"):
        made(tmp_path, with_essay(source, QUESTION + MODEL.replace("[markdown] ", "")))
