"""A small class that was graded: attempts as grading keeps them, and a gradebook, without running anything."""

from dataclasses import replace

import nbformat
from nbgrader.api import Gradebook

from dataml_lab.checks import exercises
from dataml_lab.checks.exercise import Finding, Verdict
from dataml_lab.grading.attempts import Attempt, keep
from dataml_lab.grading.submissions import Submission, handed_in


def verdict(exercise, lost=(), not_judged=(), **more):
    """The verdict on an answer that loses properties, given with sentences; others are not judged."""
    lost = dict(lost)
    return Verdict(exercise.name, tuple(
        Finding(one.name, one.points, "fails" if one.name in lost else "not judged" if one.name in not_judged
                else "holds", lost.get(one.name, "")) for one in exercise.properties), **more)


def nothing_tried(exercise):
    return verdict(exercise, not_judged=[one.name for one in exercise.properties],
                   not_attempted="the answer is as it was released")


def attempt(student, part, verdicts=(), sources=(), **more):
    """An attempt in which everything holds but what `verdicts` says, by exercise."""
    known = exercises(part)
    verdicts = {name: verdict(one) for name, one in known.items()} | dict(verdicts)
    cells = [nbformat.v4.new_code_cell(source, id=f"{name}-answer") for name, source in dict(sources).items()]
    plain = {"untouched": [], "damage": [], "endings": [], "broken": {}, "integrity": [],
             "notebook": nbformat.v4.new_notebook(cells=cells), "timestamp": "2026-10-01 12:00:00"}
    essays = {f"{name}-essay": None for name, one in known.items() if one.essay}
    return Attempt(**{"student": student, "lesson": part, "digest": "", "verdicts": verdicts,
                      "scores": {name: one.score for name, one in verdicts.items()} | essays, **plain, **more})


def graded(course, attempts):
    """Keeps attempts, with what was handed in, and enters them into a new gradebook."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        for part in dict.fromkeys(one.lesson for one in attempts):
            _assign(book, part)
        for one in attempts:
            again(course, one)
            book.update_or_create_student(one.student)
            book.add_submission(one.lesson, one.student)
            for grade in book.find_submission_notebook(one.lesson, one.lesson, one.student).grades:
                grade.auto_score = one.scores[grade.name]
                grade.needs_manual_grade = grade.auto_score is None
        book.db.commit()


def again(course, one):
    """Keeps an attempt at what was handed in."""
    submission = Submission(course, one.student, one.lesson)
    submission.folder.mkdir(parents=True, exist_ok=True)
    keep(submission, replace(one, digest=handed_in(submission).digest))


def _assign(book, part):
    book.add_assignment(part)
    book.add_notebook(part, part)
    for name, exercise in exercises(part).items():
        book.add_grade_cell(name, part, part, max_score=exercise.points, cell_type="code")
        book.add_solution_cell(f"{name}-answer", part, part)
        if exercise.essay:
            book.add_grade_cell(f"{name}-essay", part, part, max_score=exercise.essay, cell_type="markdown")
            book.add_solution_cell(f"{name}-essay", part, part)


def mark(course, part, student, name, score=None, comment=None, penalty=None):
    """What a person gives for a cell, writes about it, and what being late costs."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        notebook = book.find_submission_notebook(part, part, student)
        notebook.late_submission_penalty = penalty
        for grade in notebook.grades:
            if grade.name == name and score is not None:
                grade.manual_score, grade.needs_manual_grade = score, False
        for found in notebook.comments:
            if found.name == name:
                found.manual_comment = comment
        book.db.commit()
