"""What happened in a program to rows: how they were divided, whose predictions on them were used, scored and chosen by.

`rows` writes it, `rules` reads it.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from dataml_lab.leakage.leakcheck.values import Path, Rows, Value


class Division(NamedTuple):
    """Rows that were divided into rows to fit to and rows to test on: `how` is "split", "fold" or "cv"."""

    how: str
    rows: Rows
    learned: frozenset
    line: int


class Use(NamedTuple):
    """Predictions of fitted models for rows."""

    fits: frozenset
    rows: Rows
    learned: frozenset
    line: int


class Score(NamedTuple):
    """Predictions that were compared with the truth: a look at these rows."""

    fits: frozenset
    rows: Rows
    learned: frozenset
    line: int
    truth: frozenset  # the turns of loops that the truth depends on: each target is a test of its own
    turns: frozenset  # those that the predictions depend on
    seen: frozenset  # the rows whose scores the predictions depend on
    text: str
    in_folds: bool
    said: str = ""  # the part that the names of its data say


class Choice(NamedTuple):
    """Something kept because of the score on rows: in a loop over candidates, or by stopping early."""

    rows: Rows
    line: int
    how: str
    in_folds: bool
    fits: frozenset = frozenset()


@dataclass
class Diary:
    """The events of a program in their order, and the part that rows are said to be."""

    roles: dict[Path, str] = field(default_factory=dict)
    divisions: list[Division] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    fits: list = field(default_factory=list)
    cut_short: bool = False

    def say(self, path: Path, role: str) -> None:
        """Notes what a name says of rows. Of a source, two names that contradict each other say nothing."""
        before = self.roles.get(path, role)
        if before == role or (role == "val" and path[-1].kind == "split"):
            self.roles[path] = role
        elif len(path) == 1:
            self.roles[path] = ""

    def divided(self, value: Value, how: str, line: int) -> None:
        """Notes a division of rows."""
        if value.rows:
            self.divisions.append(Division(how, value.rows, value.learned, line))

    def used(self, fits: frozenset, value: Value, line: int) -> None:
        """Notes predictions."""
        if fits and value.rows:
            self.uses.append(Use(fits, value.rows, value.learned, line))

    def chosen(self, seen: frozenset, line: int, in_folds: bool) -> None:
        """Notes a choice by the scores on some rows."""
        self.choices += [Choice(rows, line, "loop", in_folds) for rows in seen]

    def role(self, rows: Rows) -> str:
        """The part that rows are, if all their paths say the same: "train", "val", "test", or nothing."""
        found = {self.role_of(path) for path in rows}
        return found.pop() if len(found) == 1 else ""

    def role_of(self, path: Path) -> str:
        """The part that rows are, by the last step that says it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.roles:
                return self.roles[path[:length]]
            step = path[length - 1]
            if step.kind in ("split", "fold") and step.part in (0, 1):
                return ("train", "test")[step.part]
        return ""
