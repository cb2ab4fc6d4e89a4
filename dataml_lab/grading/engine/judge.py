"""One submission judged: its cells run in a worker, and its answers are called from this process, which has the checks,
the seeds and the oracles.
"""

import re
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dataml_lab.checks.exercise import Exercise, Verdict, seeds
from dataml_lab.grading.engine.needed import needed, needed_for
from dataml_lab.grading.engine.remote import MOST_OUTPUT, SENSELESS, Failed, Gone, RemoteWorker
from dataml_lab.grading.engine.template import ORPHANED, TemplateError
from dataml_lab.runtime.deadline import Stopped, TimeOut, within
from dataml_lab.runtime.shell import size_of

CELL_SECONDS = 60.0  # a cell's, as in stock grading
NOTEBOOK_SECONDS = 300.0  # those of all its cells and answers together, however often they are run
EXERCISE_SECONDS = 90.0  # those of all calls of one answer
WORLDS = 3  # an answer is judged in
LATE = ["error", TimeOut.__name__]  # begins the output that a cell ends with when it is stopped
MISSING = re.compile(r"name '(\w+)' is not defined")


class CodeCell(NamedTuple):
    """A code cell: whose it is, and the exercise that it is the answer to (`answers`) or that it grades (`grades`)."""

    id: str
    source: str
    own: bool
    answers: str = ""
    grades: str = ""


class Task(NamedTuple):
    """What there is to judge of a notebook, in which hidden worlds, beside which other files."""

    cells: tuple[CodeCell, ...]
    exercises: Mapping[str, Exercise]
    salt: str
    student: str
    oracles: Mapping[str, Callable]
    files: Mapping[str, bytes]


@dataclass
class Judgement:
    """What was found: a verdict by exercise; outputs by cell, of those that ran; how workers ended; what they sent that
    no honest one sends; by exercise the traceback of a check that itself failed; and by exercise or cell how it ran out
    of time or lost its process, which on a busy machine may not be its fault."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    outputs: dict[str, list] = field(default_factory=dict)
    endings: list[str] = field(default_factory=list)
    lies: list[str] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)


def judged(task: Task, process: Callable[[], Any]) -> Judgement:
    """The judgement of a task; `process()` starts a process with a worker, as a context that ends it.

    Cells of the lesson run only if the student's depend on them. Where a cell ends its process, those before it are run
    again without it, and it costs only what it answers; where an exercise does, those after it are judged in a new one.
    """
    lesson = {cell.id: cell.source for cell in task.cells if not cell.own and not cell.grades}
    run, until = needed(lesson, [cell.source for cell in task.cells if cell.own]), time.monotonic() + NOTEBOOK_SECONDS
    while True:
        begun = time.monotonic()
        judging = _Judging(task, process, run, until)
        judging.run_all()
        more, now = needed_for(lesson, judging.absent()) - run, time.monotonic()
        if not more or now + (now - begun) > until:
            judging.show_again()
            return judging.found
        run |= more


class _Judging:
    """One pass over a notebook, with these cells of the lesson; where a worker ends, it goes on in a new one."""

    def __init__(self, task: Task, process: Callable[[], Any], run: set[str], until: float) -> None:
        self.task, self.process, self.found = task, process, Judgement()
        self.run = run | {cell.id for cell in task.cells if cell.own}
        self.until = until
        self.late: set[str] = set()  # cells that were stopped
        self.secret: set[str] = set()  # cells that showed something after a hidden world was seen in their process

    def run_all(self) -> None:
        """Goes on until each exercise has its verdict; TemplateError where the template has ended."""
        while self.unjudged():
            with self.process() as process:
                worker = RemoteWorker(process)
                self._go_through(worker)
                if worker.gone and process.ended() == ORPHANED:
                    raise TemplateError(ORPHANED)
                self.found.endings += [worker.gone] if worker.gone else []
                self.found.lies += worker.lies

    def show_again(self) -> None:
        """Runs the cells once more where nothing is judged: what those show that may have shown a hidden world is
        replaced by what they show there."""
        for cell in self.secret:
            self.found.outputs[cell] = []
        if not self.secret:
            return
        with self.process() as process, suppress(Gone):
            worker = RemoteWorker(process)
            worker.give(self.task.files)
            for cell in self.task.cells:
                if cell.id in self.run - self.late and time.monotonic() < self.until:
                    outputs, _ = _shown(worker, cell)
                    if cell.id in self.secret:
                        self._keep(cell, outputs)

    def unjudged(self) -> list[Exercise]:
        """The exercises that have no verdict yet."""
        return [exercise for name, exercise in self.task.exercises.items() if name not in self.found.verdicts]

    def _go_through(self, worker: RemoteWorker) -> None:
        """Runs cells and judges answers, in the order of the notebook, until the worker ends."""
        seen = False  # whether a hidden world was, in this process
        try:
            worker.give(self.task.files)
        except Gone as error:
            self._stop(self.unjudged(), str(error))
        for cell in self.task.cells:
            if not self.unjudged() or worker.gone:
                return
            if time.monotonic() > self.until:
                self._stop(self.unjudged(), f"The notebook as a whole took longer than {NOTEBOOK_SECONDS:.0f} seconds.")
            elif cell.grades and cell.grades not in self.found.verdicts:
                self._judge(worker, self.task.exercises[cell.grades])
                seen = True
            elif cell.id in self.run:
                self._run(worker, cell, seen)
                if seen and not worker.gone and cell.id not in self.late and self.found.outputs[cell.id]:
                    self.secret.add(cell.id)
        self._lose([] if worker.gone else self.unjudged(), "The notebook has no cell in which it is graded.")

    def _run(self, worker: RemoteWorker, cell: CodeCell, seen: bool) -> None:
        outputs, stopped = _shown(worker, cell)
        self._note(cell.answers or cell.id, stopped)
        if any(output[:2] == LATE for output in outputs):
            outputs = [[*LATE, "", LATE[1]]] if seen else outputs  # else it would take as long once more
            self.late.add(cell.id)
            self.found.endings.append(f"{cell.answers or cell.id} was stopped: its cell ran longer than "
                                      f"{CELL_SECONDS:.0f} seconds")
        self._keep(cell, outputs)
        if worker.gone:
            self.run.discard(cell.id)
            self._lose([self.task.exercises[cell.answers]] if cell.answers else [], worker.gone)

    def _keep(self, cell: CodeCell, outputs: list) -> None:
        """Keeps the outputs of a cell, where there is room for them beside those of others."""
        others = [kept for name, kept in self.found.outputs.items() if name != cell.id]
        room = MOST_OUTPUT - sum(map(size_of, others))
        self.found.outputs[cell.id] = outputs if size_of(outputs) <= room else [["display", "(more than is kept)"]]

    def _judge(self, worker: RemoteWorker, exercise: Exercise) -> None:
        name, task = exercise.name, self.task
        worlds = seeds(name, task.salt, task.student, WORLDS)
        try:
            worker.until = min(self.until, time.monotonic() + EXERCISE_SECONDS)
            with within(2 * EXERCISE_SECONDS):
                found = exercise.judge(worker.namespace(), worlds, task.oracles.get(name))
            self.found.verdicts[name] = found
            self._note(name, found.stopped)
        except Failed as error:
            self._stop([exercise], str(error))
        except MemoryError:
            self._lose([exercise], "What your answer returned takes too much memory to be judged.")
        except Stopped:
            self._stop([exercise], "What your answer returned takes too long to be judged.")
        except Exception as error:
            self._lose([exercise], f"The check itself failed, which is not your fault ({type(error).__name__}).")
            self.found.broken[name] = "".join(traceback.format_exception(error)[-3:])

    def _stop(self, exercises: list[Exercise], reason: str) -> None:
        """Notes that exercises lose their points for want of time, or of a process."""
        for exercise in exercises:
            self._note(exercise.name, reason)
        self._lose(exercises, reason)

    def _note(self, name: str, stopped: str) -> None:
        """Notes how an exercise or a cell was stopped, if it was; a forged message is no matter of time."""
        if stopped and SENSELESS not in stopped:
            self.found.stopped[name] = stopped

    def _lose(self, exercises: list[Exercise], reason: str) -> None:
        self.found.verdicts |= {exercise.name: exercise.lost(reason) for exercise in exercises
                                if exercise.name not in self.found.verdicts}

    def absent(self) -> set[str]:
        """The names that were not defined when cells or answers used them."""
        texts = [finding.sentence for verdict in self.found.verdicts.values() for finding in verdict.findings]
        texts += [output[2] for outputs in self.found.outputs.values() for output in outputs if output[0] == "error"]
        return {name for text in texts for name in MISSING.findall(text)}


def _shown(worker: RemoteWorker, cell: CodeCell) -> tuple[list, str]:
    """What a cell shows when it is run, and how it was stopped; empty where it wasn't."""
    try:
        return worker.run(cell.source, CELL_SECONDS)["outputs"], ""
    except Failed as error:
        return [["error", "Stopped", str(error), str(error)]], str(error)
