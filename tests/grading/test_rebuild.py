"""Rebuilding: whatever became of a notebook, it is the release's again, with the student's words and code in it."""

import copy
import re
import time

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbgrader.nbgraderformat.v3 import MetadataValidatorV3

from dataml_lab.checks import PARTS
from dataml_lab.grading import COURSE
from dataml_lab.grading.rebuild import Damage, rebuilt
from dataml_lab.grading.rebuild.damage import FOREIGN
from dataml_lab.grading.rebuild.reading import read
from dataml_lab.grading.releases import release_path

JOINED = ("01a_ingest", "01c_clean", "01f_plan")
PICTURE = {"image/png": "iVBORw0KGgo="}


def cut(book):
    """A copy with every exercise and a few of the lesson's cells between them, which is quicker to rebuild."""
    book = copy.deepcopy(book)
    marked = [bool(cell.metadata) for cell in book.cells]
    book.cells = [cell for place, cell in enumerate(book.cells) if any(marked[max(0, place - 1):place + 3])]
    return book


def joined(parts):
    """The releases of some parts as one notebook, which has functions, tests and an essay to hand in."""
    books = {part: nbformat.read(release_path(COURSE, part), as_version=4) for part in parts}
    for part, book in books.items():
        for cell in book.cells:
            cell["id"] = f"{part}-{cell.id}" if cell.id.startswith("cell-") else cell.id
    first, *others = books.values()
    first.cells += [cell for book in others for cell in book.cells]
    return first


WHOLE = joined(JOINED)
RELEASE = cut(WHOLE)
MARKED = [cell for cell in RELEASE.cells if "nbgrader" in cell.metadata]
LOCKED = [cell for cell in MARKED if cell.metadata.nbgrader.locked]
ANSWERS = [cell for cell in MARKED if cell.metadata.nbgrader.solution and not cell.metadata.nbgrader.grade]


def place_of(book, cell_id):
    """Where the cell with this id stands."""
    return next(place for place, cell in enumerate(book.cells) if cell.get("id") == cell_id)


def changed(**changes):
    """A copy of the release with these changes to cells, by id with underscores for hyphens."""
    book = copy.deepcopy(RELEASE)
    for name, change in changes.items():
        book.cells[place_of(book, name.replace("__", "-"))].update(change)
    return book


def code(source, cell_id="new"):
    return nbformat.v4.new_code_cell(source, id=cell_id)


def words(source, **more):
    return NotebookNode(cell_type="markdown", id="new-words", metadata={}, source=source, **more)


def without(book, *ids):
    """A copy without the cells with these ids."""
    return NotebookNode(book, cells=[cell for cell in copy.deepcopy(book.cells) if cell.id not in ids])


def with_cells(book, behind, *cells):
    """A copy with these cells behind the one with an id."""
    book = copy.deepcopy(book)
    place = place_of(book, behind) + 1
    book.cells[place:place] = cells
    return book


def bare(book):
    """A copy without any marks and cell ids, as format 3 has it."""
    book = copy.deepcopy(book)
    for cell in book.cells:
        cell.metadata = NotebookNode()
        cell.pop("id")
    return book


def sources(book, kind="code"):
    """The sources of the cells of a kind, in order."""
    return [cell.source for cell in book.cells if cell.cell_type == kind]


def source(book, cell_id):
    return book.cells[place_of(book, cell_id)].source


# ------------------------------------------------------------------------------------------------ any mixture

PLACE = st.integers(0, 10**4)
NAMES = st.sampled_from([cell.metadata.nbgrader.grade_id for cell in MARKED] + ["bonus", "", "own-001"])
SOURCE = st.sampled_from([cell.source for cell in RELEASE.cells] + ["", " \n", "1 / 0", "words", "YOUR ANSWER HERE"])
BENT = st.one_of(
    st.just({}), st.just({"nbgrader": {}}), st.just({"nbgrader": [1]}), st.just({"tags": ["skip-execution", 1]}),
    st.builds(lambda name: {"nbgrader": {"grade_id": name}}, NAMES),
    st.builds(lambda name, flag: {"tags": ["x"], "nbgrader": {
        "grade_id": name, "schema_version": 1, "points": 400, "grade": flag, "solution": not flag, "locked": flag}},
        NAMES, st.booleans()))
PICTURES = st.sampled_from([{"a.png": PICTURE}, {"../a.png": PICTURE}, {"a.svg": {"image/svg+xml": "PHN2Zz4="}},
                            {"a.png": {"image/png": "<script>"}}, {"a.png": 3}, "none"])


def mixed(book, steps):
    """A copy after these steps; a step changes one cell, or takes one somewhere."""
    book = copy.deepcopy(book)
    for step, place, more in steps:
        if book.cells:
            step(book, place % len(book.cells), more)
    return book


def delete(book, place, _):
    del book.cells[place]


def move(book, place, to):
    book.cells.insert(to % len(book.cells), book.cells.pop(place))


def duplicate(book, place, to):
    twin = copy.deepcopy(book.cells[place])
    if to % 2:
        twin["id"] = f"twin-{to}"
    book.cells.insert(to % (len(book.cells) + 1), twin)


def edit(book, place, source):
    book.cells[place]["source"] = source


def bend(book, place, metadata):
    book.cells[place]["metadata"] = nbformat.from_dict(metadata)


def lose_id(book, place, _):
    book.cells[place].pop("id", None)


def retype(book, place, kind):
    book.cells[place]["cell_type"] = kind


def attach(book, place, pictures):
    book.cells[place]["attachments"] = pictures


def add(book, place, source):
    book.cells.insert(place, code(source, f"added-{len(book.cells)}"))


def strip(book, _, part):
    for cell in book.cells:
        cell.pop(part, None)


STEP = st.one_of(
    st.tuples(st.sampled_from([delete, lose_id]), PLACE, PLACE), st.tuples(st.just(move), PLACE, PLACE),
    st.tuples(st.just(duplicate), PLACE, PLACE), st.tuples(st.sampled_from([edit, add]), PLACE, SOURCE),
    st.tuples(st.just(bend), PLACE, BENT), st.tuples(st.just(attach), PLACE, PICTURES),
    st.tuples(st.just(retype), PLACE, st.sampled_from(["code", "markdown", "raw", "heading", None])),
    st.tuples(st.just(strip), PLACE, st.sampled_from(["id", "metadata", "source", "cell_type"])))
ANYTHING = st.lists(STEP, max_size=12).map(lambda steps: mixed(RELEASE, steps))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(ANYTHING)
def test_whatever_became_of_a_notebook_nbgrader_accepts_it_with_all_locked_cells_as_released(submitted):
    given = copy.deepcopy(submitted)
    book = rebuilt(RELEASE, submitted).book
    assert len({cell.id for cell in book.cells}) == len(book.cells)
    nbformat.validate(copy.deepcopy(book))  # it repairs what it gets
    MetadataValidatorV3().validate_nb(book)
    marked = [cell for cell in book.cells if "nbgrader" in cell.metadata]
    assert [cell.metadata for cell in marked] == [cell.metadata for cell in MARKED]
    assert [cell for cell in marked if cell.metadata.nbgrader.locked] == LOCKED
    assert submitted == given


def last_words(submitted, answer):
    """What the cells that claim to be an answer say last, the stub and nothing at all aside; None if nobody claims it.
    A claim is a grade id of the release, or else a cell id."""
    names, said = {cell.metadata.nbgrader.grade_id for cell in MARKED}, []
    for cell in submitted.cells:
        marks = cell.get("metadata", {}).get("nbgrader")
        claimed = marks.get("grade_id") if isinstance(marks, dict) else None
        if (claimed if claimed in names else cell.get("id")) == answer.metadata.nbgrader.grade_id:
            said.append(cell.get("source", ""))
    meant = [source for source in said if source.strip() not in ("", answer.source.strip())]
    return (meant or said or [None])[-1]


@settings(max_examples=100, derandomize=True, deadline=None)
@given(ANYTHING)
def test_an_answer_holds_what_the_student_said_last(submitted):
    book = rebuilt(RELEASE, submitted).book
    for answer in ANSWERS:
        said = last_words(submitted, answer)
        assert said is None or source(book, answer.id) == said


@settings(max_examples=100, derandomize=True, deadline=None)
@given(ANYTHING)
def test_rebuilding_again_changes_nothing_and_finds_no_damage(submitted):
    once = rebuilt(RELEASE, submitted)
    again = rebuilt(RELEASE, once.book)
    assert again == (once.book, (), once.own)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(ANYTHING)
def test_a_source_is_the_releases_or_counts_as_the_students(submitted):
    book, _, own = rebuilt(RELEASE, submitted)
    verbatim = {(cell.id, cell.source) for cell in RELEASE.cells}
    for cell in book.cells:
        assert (cell.id in own) == ((cell.id, cell.source) not in verbatim)
        if cell.cell_type == "code":
            assert cell.keys() == {"cell_type", "id", "metadata", "source", "outputs", "execution_count"}
            assert not cell.outputs and cell.execution_count is None


# ------------------------------------------------------------------------------------------------ honest work

@pytest.mark.parametrize("lesson", PARTS)
def test_an_untouched_submission_is_the_release(lesson):
    released = nbformat.read(release_path(COURSE, lesson), as_version=4)
    assert rebuilt(released, copy.deepcopy(released)) == (released, (), frozenset())


FREE = [cell.id for cell in RELEASE.cells if "nbgrader" not in cell.metadata]
OPEN = FREE + [cell.id for cell in MARKED if not cell.metadata.nbgrader.locked]


def honest(edits, gone, added):
    """The release as JupyterLab saves it after it was run, with these cells edited, deleted and added."""
    book = copy.deepcopy(RELEASE)
    for cell_id, text in edits.items():
        book.cells[place_of(book, cell_id)].source = text
    book.cells = [cell for cell in book.cells if cell.id not in gone]
    for number, (place, text) in enumerate(added):
        book.cells.insert(place % (len(book.cells) + 1), code(text, f"fresh-{number}"))
    for number, cell in enumerate(book.cells):
        cell.metadata.update({"trusted": True, "collapsed": False, "scrolled": True, "deletable": True})
        if cell.cell_type == "code":
            cell.update(execution_count=number, outputs=[nbformat.v4.new_output("stream", text="done")])
    book.metadata.update(language_info={"name": "R"}, kernelspec={"name": "ir"}, widgets={"state": {}})
    return book


HONEST = st.builds(honest, st.dictionaries(st.sampled_from(OPEN), st.text(min_size=1).filter(str.strip)),
                   st.sets(st.sampled_from(FREE)), st.lists(st.tuples(PLACE, SOURCE), max_size=4))


@settings(max_examples=80, derandomize=True, deadline=None)
@given(HONEST)
def test_honest_work_has_no_damage_and_its_code_is_run_as_the_student_ran_it(submitted):
    book, damage, _ = rebuilt(RELEASE, submitted)
    assert damage == ()
    assert sources(book) == [cell.source.replace("\r\n", "\n").replace("\r", "\n") for cell in submitted.cells
                             if cell.cell_type == "code"]
    assert book.metadata == RELEASE.metadata


def test_cells_of_their_own_stay_bare_in_their_place():
    book = with_cells(RELEASE, "fetch_all-prompt", code("helper = 1"))
    book.cells[place_of(book, "new")].update(metadata={"tags": ["skip-execution"]}, outputs=[1], execution_count=3)
    made, damage, own = rebuilt(RELEASE, book)
    place = place_of(made, "fetch_all-answer")
    assert made.cells[place - 1] == code("helper = 1", "own-001") and damage == () and own == {"own-001"}


def test_a_deleted_cell_of_the_lesson_stays_deleted_and_one_that_is_typed_again_is_it():
    lost = FREE[3]
    assert rebuilt(RELEASE, without(RELEASE, lost)).book == without(RELEASE, lost)
    typed = copy.deepcopy(RELEASE)
    typed.cells[place_of(typed, lost)]["id"] = "typed"
    assert rebuilt(RELEASE, typed) == (RELEASE, (), frozenset())


# ------------------------------------------------------------------------------------------------ damage

def copies(cell_id, *sources):
    """The release with copies of a cell, with these sources, at its end."""
    book = copy.deepcopy(RELEASE)
    original = book.cells[place_of(book, cell_id)]
    book.cells += [NotebookNode(copy.deepcopy(original), id=f"copy-{number}", source=text)
                   for number, text in enumerate(sources)]
    return book


def moved(cell_id, behind):
    book = without(RELEASE, cell_id)
    return with_cells(book, behind, copy.deepcopy(RELEASE.cells[place_of(RELEASE, cell_id)]))


def marks(cell_id, **changes):
    """The release with other marks at a cell."""
    book = copy.deepcopy(RELEASE)
    book.cells[place_of(book, cell_id)].metadata.nbgrader.update(changes)
    return book


@pytest.mark.parametrize(("submitted", "cell", "what"), [
    (changed(fetch_all__graded={"source": "7.0"}), "fetch_all", "the graded cell of fetch_all was edited"),
    (changed(fetch_all__check={"cell_type": "raw"}), "fetch_all-check", "was a raw cell and is code again"),
    (changed(fetch_all__answer={"cell_type": "markdown"}), "fetch_all-answer", "was a markdown cell and is code again"),
    (changed(plan__essay={"cell_type": "code"}), "plan-essay", "was a code cell and is markdown again"),
    (marks("fetch_all-graded", points=70, schema_version=1), "fetch_all", r"were changed \(points, schema_version\)"),
    (marks("fetch_all-graded", grade_id="bonus"), "", r"never released \(bonus\) were dropped"),
    (marks("fetch_all-graded", grade_id="bonus"), "fetch_all", "were gone: it was recognised by its cell id"),
    (without(RELEASE, "fetch_all-graded"), "fetch_all", "was missing and is back$"),
    (without(RELEASE, "fetch_all-answer"), "fetch_all-answer", "was missing and is back, empty$"),
    (copies("fetch_all-answer", "1", "2"), "fetch_all-answer", "of 3 copies of .* the last one counts"),
    (copies("fetch_all-graded", "7.0"), "fetch_all", "of 2 copies of .* one is left, as released"),
    (copies("plan-essay", "a", "b"), "plan-essay", "3 cells were joined"),
    (moved("fetch_all-graded", "cleaner_tests-graded"), "fetch_all", "stood elsewhere and is back in its place"),
    (bare(RELEASE), "", "no cell has its marks: they were recognised by place and source"),
    (NotebookNode(RELEASE, cells=[code("1")]), "", FOREIGN.what),
    (changed(plan__essay={"attachments": {"a.svg": {"image/svg+xml": ""}}}), "plan-essay", r"\(a.svg\) of the essay"),
    (with_cells(RELEASE, "plan-essay", words("x", attachments={"<b>.png": PICTURE})), "", r"attachments \(<b>.png\)"),
    (NotebookNode(RELEASE, metadata={"orig_nbformat": 3}), "", "a notebook of format 3 was converted"),
])
def test_damage_is_told_by_cell_in_words(submitted, cell, what):
    found = rebuilt(RELEASE, submitted).damage
    assert [damage for damage in found if damage.cell == cell and re.search(what, damage.what)]


def test_one_damage_is_told_once_and_nothing_beside_it():
    tagged = copy.deepcopy(RELEASE)
    tagged.cells[place_of(tagged, "fetch_all-graded")].metadata["tags"] = ["skip-execution"]
    dropped = Damage("fetch_all", "tags (skip-execution) of the graded cell of fetch_all were dropped")
    assert rebuilt(RELEASE, tagged) == (RELEASE, (dropped,), frozenset())


def told(submitted):
    """What is said about a submission, by cell."""
    return [tuple(damage) for damage in rebuilt(RELEASE, submitted).damage]


def test_a_notebook_without_marks_is_one_damage():
    assert told(bare(RELEASE)) == [("", "no cell has its marks: they were recognised by place and source")]


def test_the_checksum_of_another_release_is_no_damage():
    assert told(marks("fetch_all-graded", checksum="0" * 32)) == []


def test_an_attachment_that_is_dropped_is_told_once_and_with_its_cell_if_that_has_marks():
    svg = {"a.svg": {"image/svg+xml": "PHN2Zz4="}}
    dropped = "were dropped: no pictures in PNG, JPEG, GIF or WebP of at most 3 MB"
    text = next(cell.id for cell in RELEASE.cells if cell.id in FREE and cell.cell_type == "markdown")
    assert told(changed(**{text.replace("-", "__"): {"attachments": svg}})) == [("", f"attachments (a.svg) {dropped}")]
    assert told(changed(plan__essay={"attachments": svg})) == [
        ("plan-essay", f"attachments (a.svg) of the essay cell of plan {dropped}")]


def test_an_edited_copy_of_a_locked_cell_is_the_students_and_stays_in_its_place():
    book = copies("fetch_all-graded", "7.0")
    made = rebuilt(RELEASE, book)
    assert made.book.cells == [*RELEASE.cells, code("7.0", "own-001")] and made.own == {"own-001"}
    assert told(book) == [("fetch_all", "of 2 copies of the graded cell of fetch_all one is left, as released")]
    plain = copies("plan-graded", source(RELEASE, "plan-graded"))
    assert rebuilt(RELEASE, plain).book == RELEASE


def test_an_answer_typed_into_a_check_runs_before_it():
    check = source(RELEASE, "fetch_all-check")
    made = rebuilt(RELEASE, changed(fetch_all__check={"source": f"fetch_all = print\n{check}"}))
    place = place_of(made.book, "fetch_all-check")
    assert made.book.cells.pop(place - 1) == code(f"fetch_all = print\n{check}", "own-001")
    assert made.book == RELEASE and made.own == {"own-001"}


def test_names_that_a_student_made_up_are_short_and_printable():
    tagged = copy.deepcopy(RELEASE)
    tagged.cells[place_of(tagged, "fetch_all-graded")].metadata["tags"] = ["\x1b[2J" + "x" * 10**6, 1, [2], {}, 5]
    (_, what), = rebuilt(RELEASE, tagged).damage
    assert what == f"tags (?[2J{'x' * 36}, 1, [2], and 2 more) of the graded cell of fetch_all were dropped"


# ------------------------------------------------------------------------------------------------ what is kept

def test_a_copy_of_an_answer_counts_even_at_the_end_and_earlier_ones_run_before_it():
    made = rebuilt(RELEASE, copies("fetch_all-answer", "first", "last")).book
    place = place_of(made, "fetch_all-answer")
    assert [cell.source for cell in made.cells[place - 2:place + 1]] == [
        RELEASE.cells[place_of(RELEASE, "fetch_all-prompt")].source, "first", "last"]


def test_a_copy_of_an_answer_runs_behind_what_ran_before_the_first():
    book = with_cells(changed(fetch_all__answer={"source": "first"}), "fetch_all-prompt", code("helper"))
    answer = book.cells[place_of(book, "fetch_all-answer")]
    book = with_cells(book, "fetch_all-check", NotebookNode(copy.deepcopy(answer), id="b", source="second"))
    book.cells.append(NotebookNode(copy.deepcopy(answer), id="c", source="third"))
    found = sources(rebuilt(RELEASE, book).book)
    at = found.index("helper")
    assert found[at:at + 5] == ["helper", "first", "second", "third", source(RELEASE, "fetch_all-check")]
    assert found.count("second") == 1


def test_an_answer_that_is_missing_does_not_undo_what_stands_elsewhere():
    book = without(RELEASE, "fetch_all-answer")
    book.cells.insert(place_of(book, "fetch_all-prompt"), code("def fetch_all(api, state): ..."))
    made, _, own = rebuilt(RELEASE, book)
    assert source(made, "fetch_all-answer") == "" and own == {"own-001", "fetch_all-answer"}


def test_an_answer_that_was_split_is_run_whole_and_in_order():
    halves = with_cells(changed(fetch_all__answer={"source": "second half"}), "fetch_all-prompt",
                        NotebookNode(copy.deepcopy(RELEASE.cells[place_of(RELEASE, "fetch_all-answer")]),
                                     id="half", source="first half"), code("between"))
    found = sources(rebuilt(RELEASE, halves).book)
    at = found.index("first half")
    assert found[at:at + 3] == ["first half", "between", "second half"]


def test_a_stub_pasted_below_does_not_undo_an_answer():
    answered = changed(fetch_all__answer={"source": "right"})
    stub = copy.deepcopy(RELEASE.cells[place_of(RELEASE, "fetch_all-answer")])
    made = rebuilt(RELEASE, with_cells(answered, "fetch_all-check", NotebookNode(stub, id="stub"))).book
    assert made == answered


def test_without_marks_and_ids_an_answer_is_known_by_its_place_and_an_essay_too():
    answered = changed(**{f"{cell.id.replace('-', '__')}": {"source": f"x = {number}"}
                          for number, cell in enumerate(ANSWERS)}, plan__essay={"source": "My words."})
    assert rebuilt(RELEASE, bare(answered)).book == answered


def test_without_marks_and_ids_the_cell_most_like_the_stub_is_the_answer():
    stub = source(RELEASE, "fetch_all-answer")
    answered = with_cells(changed(fetch_all__answer={"source": stub + "\n# done"}), "fetch_all-answer", code("after"))
    made = rebuilt(RELEASE, bare(answered)).book
    place = place_of(made, "fetch_all-answer")
    assert [cell.source for cell in made.cells[place:place + 2]] == [stub + "\n# done", "after"]


def test_an_exercise_moved_as_a_whole_is_back_behind_the_cells_that_stood_before_it():
    names = [f"fetch_all-{role}" for role in ("prompt", "answer", "check", "graded")]
    book = without(RELEASE, *names)
    book.cells += [copy.deepcopy(RELEASE.cells[place_of(RELEASE, name)]) for name in names]
    assert rebuilt(RELEASE, book).book == RELEASE


def test_an_answer_in_markdown_is_code_again_and_keeps_no_attachment():
    made = rebuilt(RELEASE, changed(fetch_all__answer={
        "cell_type": "markdown", "source": "x = 1", "attachments": {"a.png": PICTURE}})).book
    assert made == changed(fetch_all__answer={"source": "x = 1"})


def test_pictures_of_text_are_kept_and_nothing_else_that_is_attached():
    attached = {"curve.png": PICTURE, "../x.png": PICTURE, "x.svg": {"image/svg+xml": "PHN2Zz4="}, "x.png": 3,
                "big.png": {"image/png": "AAAA" * (2**20 + 1)}, "two.png": PICTURE | {"text/html": "<script>"}}
    book = with_cells(changed(plan__essay={"source": "words", "attachments": attached}), "plan-essay",
                      words("note", attachments=attached))
    made = rebuilt(RELEASE, book).book
    place = place_of(made, "plan-essay")
    assert [cell.attachments for cell in made.cells[place:place + 2]] == [{"curve.png": PICTURE}] * 2


def test_hostile_text_can_be_written():
    made = rebuilt(RELEASE, changed(fetch_all__answer={"source": "a\ud800\r\nb"})).book
    assert source(made, "fetch_all-answer") == "a\ufffd\nb"
    nbformat.writes(made).encode()


def test_thirty_thousand_copies_take_no_minutes():
    many = [NotebookNode(cell_type="code", id="fetch_all-answer", source=str(number)) for number in range(30_000)]
    started = time.process_time()
    made = rebuilt(RELEASE, NotebookNode(RELEASE, cells=many)).book
    assert source(made, "fetch_all-answer") == "29999"
    assert time.process_time() - started < 15  # one on a quiet machine


def test_a_whole_lesson_is_read_and_rebuilt_in_milliseconds():
    data = nbformat.writes(WHOLE).encode()
    times = []
    for _ in range(5):
        started = time.process_time()
        rebuilt(WHOLE, read(data))
        times.append(time.process_time() - started)
    assert min(times) < 0.05  # a tenth of that on a quiet machine
