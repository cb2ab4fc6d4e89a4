"""Answers that are alike beyond chance: the same but for names and comments, or nearly so.

Answers to one exercise are alike by their nature, short ones most. So an answer must be long, be more alike than two
right answers of the catalogue are, and few in the class may have it. Even then it is something to look at, no verdict.
"""

import builtins
import io
import keyword
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import combinations, product
from typing import NamedTuple

SHORTEST = 60  # tokens of an answer that says something by being the same
LEAST = 0.9  # share of tokens that two answers have in common, in order, to be nearly the same
FEW = 3  # others who may have nearly the same
IGNORED = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
NAME = "name"


class Pair(NamedTuple):
    """Two students whose answers are alike, and the share of tokens that these have in common, from 0 to 1."""

    exercise: str
    students: tuple[str, str]
    share: float

    @property
    def sameness(self) -> str:
        """The share in words."""
        return "the same but for names" if self.share == 1 else f"{int(100 * self.share)} % the same"


def tokens(source: str) -> tuple[str, ...]:
    """Code without comments and layout, with one word for each name that its author chose; empty if it is no Python.

    >>> tokens("total = sum(x.amount)  # all") == tokens("s=sum( row.amount )")
    True
    """
    found: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type not in IGNORED:
                found.append(NAME if _is_chosen(token, found) else token.string)
    except (tokenize.TokenError, SyntaxError):
        return ()
    return tuple(found)


def _is_chosen(token: tokenize.TokenInfo, before: list[str]) -> bool:
    """Whether a token is a name, and neither Python's own nor an attribute."""
    return (token.type == tokenize.NAME and not keyword.iskeyword(token.string)
            and not hasattr(builtins, token.string) and before[-1:] != ["."])


def alike(exercise: str, answers: dict[str, str], right: Iterable[str]) -> list[Pair]:
    """The pairs of students whose answers, given by student, are alike; `right` are answers that are not copied."""
    long = {student: found for student, source in answers.items() if len(found := tokens(source)) >= SHORTEST}
    least = threshold([tokens(source) for source in right])
    by_code: dict[tuple[str, ...], list[str]] = {}
    for student, found in long.items():
        by_code.setdefault(found, []).append(student)
    pairs = [Pair(exercise, both, 1.0) for students in by_code.values() for both in combinations(sorted(students), 2)]
    for whose, theirs, found in _near(by_code, least):
        pairs += [Pair(exercise, tuple(sorted(both)), found) for both in product(whose, theirs)]
    others = Counter(student for pair in pairs for student in pair.students)
    return sorted((pair for pair in pairs if max(others[student] for student in pair.students) <= FEW),
                  key=lambda pair: (-pair.share, pair.students))


def threshold(right: list[tuple[str, ...]]) -> float:
    """The share above which answers are alike: halfway from what two right answers share to all, at least 0.9."""
    usual = max((share(one, other, 0.0) for one, other in combinations(right, 2)), default=0.0)
    return max(LEAST, (1 + usual) / 2)


def _near(by_code: dict[tuple[str, ...], list[str]], least: float) -> Iterator[tuple[list[str], list[str], float]]:
    """Of each pair of different codes that share at least so much, who has the one and who the other, and the share."""
    for (one, whose), (other, theirs) in combinations(by_code.items(), 2):
        if found := share(one, other, least):
            yield whose, theirs, found


def share(one: tuple[str, ...], other: tuple[str, ...], least: float) -> float:
    """The share of tokens that two codes have in common, in order; 0 where it is below `least`."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    found = matcher.ratio()
    return found if found >= least else 0.0
