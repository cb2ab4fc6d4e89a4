"""What formgrader's page for marking essays asks the server for: comments that were used before, and the next that
waits. Points are taken from 0 to what a cell is worth."""

from collections import Counter
from typing import TYPE_CHECKING

from nbgrader.api import Comment, MissingEntry, SubmittedNotebook
from nbgrader.server_extensions.formgrader import apihandlers
from nbgrader.server_extensions.formgrader.apihandlers import BaseApiHandler, check_notebook_dir, check_xsrf
from tornado import web

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

OFFERED = 12  # comments that are offered again


def submitted(book: "Gradebook", number: str) -> SubmittedNotebook:
    """A submission as the gradebook's file has it now, whatever another program wrote there; 404 if there is none."""
    book.db.expire_all()
    try:
        return book.find_submission_notebook_by_id(number)
    except MissingEntry:
        raise web.HTTPError(404, f"There is no submission {number}") from None


def waiting(book: "Gradebook", one: SubmittedNotebook) -> list[str]:
    """The other submissions of a part on which a person has something to mark; those after it come first."""
    others = book.notebook_submissions(one.name, one.assignment.name)
    return sorted((other.id for other in others if other.needs_manual_grade and other.id != one.id),
                  key=lambda number: (number < one.id, number))


def written(book: "Gradebook", one: SubmittedNotebook) -> dict[str, list[str]]:
    """By cell, the lines that persons wrote on other submissions of a part; what they wrote most often comes first."""
    found = book.db.query(Comment).join(SubmittedNotebook, Comment.notebook_id == SubmittedNotebook.id).filter(
        SubmittedNotebook.notebook_id == one.notebook_id, Comment.notebook_id != one.id, Comment.manual_comment != "")
    counts: dict[str, Counter[str]] = {}
    for comment in found:
        lines = {line.strip() for line in comment.manual_comment.splitlines()} - {""}
        counts.setdefault(comment.name, Counter()).update(sorted(lines))
    return {name: [line for line, _ in count.most_common(OFFERED)] for name, count in counts.items()}


class MarkingHandler(BaseApiHandler):
    """What a page on which essays are marked has to know."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def get(self, number: str) -> None:
        """Points and comments of a submission, how many others wait, and comments that were used before."""
        one = submitted(self.gradebook, number)
        self.write({"grades": [grade.to_dict() for grade in one.grades],
                    "comments": [comment.to_dict() for comment in one.comments],
                    "others": len(waiting(self.gradebook, one)), "bank": written(self.gradebook, one)})


class NextHandler(BaseApiHandler):
    """The way to the next submission of a part that waits; to the list of all where none does."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def get(self, number: str) -> None:
        """Redirects there."""
        one = submitted(self.gradebook, number)
        after = waiting(self.gradebook, one)
        there = f"submissions/{after[0]}/" if after else f"gradebook/{one.assignment.name}/{one.name}"
        self.redirect(f"{self.base_url}/formgrader/{there}")


class PointsHandler(apihandlers.GradeHandler):
    """Nbgrader's own, which takes any number for points."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def put(self, number: str) -> None:
        """Enters points from 0 to what the cell is worth, or none; 400 for others."""
        points = (self.get_json_body() or {}).get("manual_score")
        try:
            most = self.gradebook.find_grade_by_id(number).max_score
        except MissingEntry:
            raise web.HTTPError(404, f"There is no grade {number}") from None
        if points is not None and not (type(points) in (int, float) and 0 <= points <= most):
            raise web.HTTPError(400, f"Points are a number from 0 to {most:g}")
        super().put(number)


HANDLERS = {
    r"/formgrader/api/essays/([^/]+)": MarkingHandler,
    r"/formgrader/submissions/([^/]+)/next_waiting": NextHandler,
    r"/formgrader/api/grade/([^/]+)": PointsHandler,
}
