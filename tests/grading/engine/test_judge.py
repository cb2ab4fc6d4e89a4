"""One notebook judged: what ends a process costs what it was at work on, and nothing else."""

import sys
import time
from types import SimpleNamespace

import pytest

from dataml_lab.checks.exercise import Exercise
from dataml_lab.grading.engine import judge
from dataml_lab.grading.engine.judge import CodeCell, Task, judged
from dataml_lab.grading.engine.template import Template, TemplateError
from dataml_lab.runtime.answers import Failed, function

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="warm templates need Linux")
SUM = "def {}(x):\n    return x + 1"


def exercise(name):
    """`name(x)` has to return x + 1; the second property asks for it again, the third is that of an unkind check."""
    found = Exercise(name, lambda seed: SimpleNamespace(seed=seed % 100), function(name))

    found.scenes["function"] = eval(f"lambda {name}: {name}")  # the answer, whatever the name of the exercise

    @found.demands("adds one", points=2)
    def _(function, world):
        return None if function(world.seed) == world.seed + 1 else "It did not add one."

    @found.demands("adds one to what is negative", points=1)
    def _(function, world):
        return None if function(-world.seed - 1) == -world.seed else "It did not add one to a negative number."

    return found


def task(**cells):
    """A notebook of cells: `a`, `b` are answers, each followed by its graded cell; others are the student's own, or the
    lesson's where they begin with `lesson`."""
    found = []
    for name, source in cells.items():
        answers = name if len(name) == 1 else ""
        found.append(CodeCell(name, source, not name.startswith("lesson"), answers))
        found += [CodeCell(f"{name}-graded", "", False, grades=name)] if answers else []
    known = {cell.answers: exercise(cell.answers) for cell in found if cell.answers}
    return Task(tuple(found), known, "salt", "ada", {}, {})


def outcomes(found):
    return {
        name: "".join(finding.outcome[0] for finding in verdict.findings) for name, verdict in found.verdicts.items()
    }


@pytest.fixture
def forks(workers):
    """Makes processes, and counts them."""
    made = []

    def make():
        made.append(workers.fork())
        return made[-1]

    make.made = made
    return make


@pytest.fixture
def slow(monkeypatch):
    """slow(seconds): by the judge's clock, a cell that holds the word "slow" takes so long."""

    def make(seconds):
        passed, run = [], judge.RemoteWorker.run

        def late(worker, source, limit):
            passed.extend([seconds] if "slow" in source else [])
            return run(worker, source, limit)

        monkeypatch.setattr(judge.RemoteWorker, "run", late)
        monkeypatch.setattr(judge, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + sum(passed)))

    return make


def test_a_notebook_is_judged_in_one_process_and_in_order(forks):
    found = judged(
        task(a=SUM.format("a"), own="def a(x):\n    return 0", b="def b(x):\n    return a(x) + x + 1"), forks
    )
    assert outcomes(found) == {"a": "hh", "b": "hh"} and len(forks.made) == 1 and not found.endings


@pytest.mark.parametrize(("source", "words"), [
    ("import os\nos._exit(3)", "ended with code 3"), ("import ctypes\nctypes.string_at(0)", "signal 11"),
])  # fmt: skip
def test_a_cell_that_ends_its_process_costs_what_it_answers(forks, source, words):
    found = judged(task(a=SUM.format("a"), b=source, c=SUM.format("c"), last=source, d=SUM.format("d")), forks)
    assert outcomes(found) == {"a": "hh", "b": "fn", "c": "hh", "d": "hh"}
    assert words in found.verdicts["b"].findings[0].sentence and words in found.outputs["b"][0][2]
    assert len(found.endings) == 2 and len(forks.made) == 3


def test_an_answer_that_ends_its_process_keeps_what_it_had_earned(forks):
    source = "import os\ndef {}(x):\n    return x + 1 if x >= 0 else os._exit(0)"
    found = judged(task(a=source.format("a"), b="def b(x):\n    import os; os._exit(0)", c=SUM.format("c")), forks)
    assert outcomes(found) == {"a": "hf", "b": "fn", "c": "hh"}
    assert found.verdicts["a"].earned == 2 and "ended with code 0" in found.verdicts["a"].findings[1].sentence


def test_lesson_cells_run_only_where_they_are_needed_or_were_missed(forks):
    cells = {"lesson1": "import os\nos._exit(1)", "lesson2": "rate = 1", "lesson3": "base = 0"}
    found = judged(
        task(**cells, a="def a(x):\n    return x + rate", b="def b(x):\n    return x + 1 + eval('base')"), forks
    )
    assert outcomes(found) == {"a": "hh", "b": "hh"} and set(found.outputs) == {"lesson2", "lesson3", "a", "b"}


def test_a_cell_out_of_time_is_stopped_and_the_rest_runs(forks, monkeypatch):
    monkeypatch.setattr(judge, "CELL_SECONDS", 1.5)
    found = judged(task(own="while True:\n    pass", a=SUM.format("a")), forks)
    assert outcomes(found) == {"a": "hh"} and found.outputs["own"][0][1] == "TimeOut"
    assert found.endings == ["own was stopped: its cell ran longer than 2 seconds"] and not found.stopped


def test_a_cell_out_of_time_is_not_run_once_more_to_see_what_it_shows(forks, monkeypatch):
    monkeypatch.setattr(judge, "CELL_SECONDS", 1.5)
    own = "kept = []\ndef a(x):\n    kept.append(x)\n    return x + 1"
    found = judged(task(a=own, own="print(kept)\nwhile True:\n    pass", b=SUM.format("b")), forks)
    assert outcomes(found) == {"a": "hh", "b": "hh"} and len(forks.made) == 1
    assert found.outputs["own"] == [["error", "TimeOut", "", "TimeOut"]]


def test_all_calls_of_an_answer_together_have_an_end(forks, monkeypatch):
    monkeypatch.setattr(judge, "EXERCISE_SECONDS", 2)
    found = judged(task(a="import time\ndef a(x):\n    time.sleep(1.1)\n    return x + 1", b=SUM.format("b")), forks)
    assert outcomes(found) == {"a": "fn", "b": "hh"} and "together" in found.verdicts["a"].findings[0].sentence


def test_objects_whose_deletion_takes_long_are_not_deleted_while_a_notebook_is_judged(forks):
    slow = "import time\nclass Slow:\n    def __del__(self):\n        time.sleep(60)\nkept = []\n"
    leaves = "def a(x):\n    it = Slow()\n    it.self = it\n    kept.extend([] for _ in range(900))\n    return x + 1"
    found = judged(task(a=slow + leaves, own="more = [[] for _ in range(2_000)]", b=SUM.format("b")), forks)
    assert outcomes(found) == {"a": "hh", "b": "hh"} and not found.endings


def test_a_notebook_as_a_whole_has_an_end(forks, slow):
    slow(judge.NOTEBOOK_SECONDS)
    found = judged(task(a=SUM.format("a"), own="slow = 1", b=SUM.format("b")), forks)
    assert outcomes(found) == {"a": "hh", "b": "fn"} and "as a whole" in found.verdicts["b"].findings[0].sentence


def test_a_notebook_has_its_time_once_however_often_its_cells_are_run(forks, slow):
    slow(0.6 * judge.NOTEBOOK_SECONDS)
    found = judged(task(lesson1="base = 0", own="slow = eval('base')", a=SUM.format("a")), forks)
    assert outcomes(found) == {"a": "hh"} and len(forks.made) == 1


def test_a_notebook_that_writes_without_an_end_is_kept_up_to_a_limit(forks, monkeypatch):
    monkeypatch.setattr(judge, "MOST_OUTPUT", 2_000)
    cells = {f"own{number}": f"print('x' * 400, {number})" for number in range(4)}
    outputs = judged(task(**cells, a=SUM.format("a")), forks).outputs
    assert [len(outputs[name][0][-1]) > 400 for name in cells] == [True, True, False, False]


def test_outputs_without_a_text_worth_a_word_have_a_limit_too(forks):
    shows = "from IPython.display import display\nfor _ in range(2_000):\n    display(1)"
    outputs = judged(task(own=shows, a=SUM.format("a")), forks).outputs
    assert 100 < len(outputs["own"]) < 500


def test_what_is_shown_after_a_hidden_world_was_seen_is_shown_where_none_was(forks):
    keeps = "kept = []\ndef {}(x):\n    kept.append(x)\n    open('kept', 'a').close()\n    return x + 1"
    shows = "import os\nprint(kept, os.path.exists('kept'), first)"
    found = judged(task(own1="first = 1", a=keeps.format("a"), own2=shows, b=SUM.format("b"), own3="1 / 0"), forks)
    assert outcomes(found) == {"a": "hh", "b": "hh"} and found.outputs["own2"] == [["stream", "stdout", "[] False 1\n"]]
    assert not found.endings and len(forks.made) == 2


def test_a_cell_that_shows_nothing_there_or_ends_its_process_shows_nothing(forks):
    shows = "import os\nif kept: print(kept)"
    keeps = "kept = []\ndef {}(x):\n    kept.append(x)\n    return x + 1"
    own = {"own2": shows, "own3": "kept or os._exit(3)", "own4": "kept"}
    found = judged(task(a=keeps.format("a"), **own, b=SUM.format("b")), forks)
    assert outcomes(found) == {"a": "hh", "b": "hh"} and found.outputs["own2"] == []
    assert all("ended with code 3" in found.outputs[name][0][2] for name in ("own3", "own4"))


def test_the_end_of_the_template_costs_nobody_anything():
    with Template("dataml_lab.runtime.worker:serve", ["dataml_lab.runtime.shell"], isolated=False) as mine:
        source = f"import os, signal\nos.kill({mine.pid}, signal.SIGKILL)\nimport time\ntime.sleep(5)"
        with pytest.raises(TemplateError, match="its template has ended"):
            judged(task(a=SUM.format("a"), own=source, b=SUM.format("b")), mine.fork)


def test_a_check_that_fails_itself_is_told_and_costs_no_other(forks):
    broken = task(a=SUM.format("a"), b=SUM.format("b"))
    broken.exercises["a"].fair = lambda world: 1 / 0
    found = judged(broken, forks)
    assert outcomes(found) == {"a": "fn", "b": "hh"} and "ZeroDivisionError" in found.broken["a"]
    assert "not your fault" in found.verdicts["a"].findings[0].sentence


def test_names_that_are_not_told_cost_the_exercise_and_break_no_check(forks, monkeypatch):
    def untold(student):
        raise Failed("Its names were not told.")

    monkeypatch.setattr(judge.RemoteWorker, "namespace", untold)
    found = judged(task(a=SUM.format("a")), forks)
    assert outcomes(found) == {"a": "fn"} and not found.broken


def test_an_exercise_without_a_graded_cell_has_a_verdict_all_the_same(forks):
    cells = task(a=SUM.format("a"), b=SUM.format("b"))
    found = judged(cells._replace(cells=cells.cells[:2]), forks)
    assert outcomes(found) == {"a": "hh", "b": "fn"} and len(forks.made) == 1


def test_nothing_is_attempted_where_nothing_was_done(forks):
    found = judged(task(a="", b="def b(x):\n    return NotImplemented"), forks)
    assert outcomes(found) == {"a": "nn", "b": "nn"} and all(v.not_attempted for v in found.verdicts.values())
