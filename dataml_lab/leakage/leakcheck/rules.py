"""Findings: what in a program's diary is leakage, of three kinds, each with why and the mend."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dataml_lab.leakage.leakcheck.diary import Diary, Division, Score, Use
from dataml_lab.leakage.leakcheck.values import Fit, Learned, Rows, covers, overlap, split_anew

KINDS = ("preprocessing", "overlap", "multi-test")


class Finding(NamedTuple):
    """Leakage of a kind at a line of a program."""

    kind: str
    line: int
    why: str
    mend: str


def findings(diary: Diary) -> list[Finding]:
    """All findings of a program by line; one for a kind and a line."""
    found = [finding for rule in (from_divisions, from_uses, from_the_test_alone, from_scores, several_looks)
             for finding in rule(diary)]
    first: dict[tuple, Finding] = {}
    for finding in found:
        first.setdefault((finding.kind, finding.line), finding)
    return sorted(first.values(), key=lambda one: (one.line, KINDS.index(one.kind)))


# --- learned from rows that are tested on

def from_divisions(diary: Diary) -> Iterator[Finding]:
    """What was learned from all rows before they were divided into rows to fit to and rows to test on."""
    for division in diary.divisions:
        for learned in in_order(division.learned):
            if reaches(learned, division.rows) and not honest_elsewhere(diary, division, learned):
                yield before_division(learned, division)


def in_order(learned: Iterable[Learned]) -> list[Learned]:
    """What was learned, by line."""
    return sorted(learned, key=lambda one: (one.line, one.how, one.what))


def reaches(learned: Learned, rows: Rows) -> bool:
    """Whether something was learned from rows on both sides of a division of these rows."""
    return covers(learned.rows, rows) or (learned.how == "copy" and overlap(learned.rows, rows))


def honest_elsewhere(diary: Diary, division: Division, learned: Learned) -> bool:
    """Whether training rows were divided, and another score is of rows that nothing was learned from."""
    return any(scored_apart(score, division, learned) for score in diary.scores) or any(
        step.kind in ("split", "fold") and step.part == 1 for path in division.rows for step in path)


def scored_apart(score: Score, division: Division, learned: Learned) -> bool:
    """Whether a score is of other rows of the same source, from which nothing was learned."""
    return overlap_of_sources(score.rows, division.rows) and not overlap(score.rows, division.rows | learned.rows)


def overlap_of_sources(one: Rows, other: Rows) -> bool:
    """Whether rows come from a source in common."""
    return bool({path[0][:2] for path in one} & {path[0][:2] for path in other})


def from_uses(diary: Diary) -> Iterator[Finding]:
    """What was learned from fitted and tested rows together, where they were separated in another way."""
    for use in [*diary.uses, *diary.scores]:
        for fit in sorted(use.fits, key=lambda one: one.line):
            for learned in in_order(fit.learned | use.learned) if fit.rows and not overlap(fit.rows, use.rows) else ():
                whole = Division("use", use.rows | fit.rows, use.learned, use.line)
                if overlap(learned.rows, fit.rows) and overlap(learned.rows, use.rows) and not any(
                        scored_apart(score, whole, learned) for score in diary.scores
                        if any(fit.key[0] == other.key[0] for other in score.fits)):
                    yield before_division(learned, whole)


def from_the_test_alone(diary: Diary) -> Iterator[Finding]:
    """What was learned from the test rows for themselves, where training rows have learned the like apart from them."""
    parts = [use for use in diary.uses if any(step.kind == "split" for path in use.rows for step in path)]
    for score in filter(held_out, [*diary.scores, *parts]):
        for learned in in_order(score.learned):
            if learned.how != "copy" and covers(learned.rows, score.rows) and not any(
                    overlap(learned.rows, fit.rows) for fit in score.fits):
                yield Finding("preprocessing", learned.line, f"{learned.what} on the test rows",
                              "use what was learned from the training rows: fit there, and only transform here")


def before_division(learned: Learned, division: Division) -> Finding:
    """The finding for something learned from rows on both sides."""
    where = {"cv": "the folds of a cross-validation", "fold": "the folds of a loop"}.get(division.how, "the test rows")
    if learned.how == "copy":
        return Finding("overlap", learned.line, f"{learned.what} before they are divided: the same rows are fitted and "
                       "tested", "divide first, and add rows to the training part only")
    if learned.how == "fit":
        mend = ("put it into a Pipeline, and give that to the cross-validation" if division.how in ("cv", "fold") else
                "divide first, fit it to the training rows, and only transform the test rows")
    else:
        mend = ("compute it inside of each fold, from the rows that are fitted" if division.how in ("cv", "fold") else
                "divide first, compute it on the training rows, and use that number for the test rows")
    return Finding("preprocessing", learned.line, f"{learned.what} on rows that hold {where}", mend)


# --- the same rows fitted and tested

TRAINING = re.compile(r"train|in[- _]?sample|fitted|_tr\b|\btr_|resubst|apparent|memori[sz]|overfit", re.I)
VALIDATION = re.compile(r"^(?!.*test).*\bvalid", re.I | re.S)
TESTING = re.compile(r"test|valid|held|unseen|new data|generali[sz]", re.I)


def from_scores(diary: Diary) -> Iterator[Finding]:
    """Scores of a model on rows that it was fitted to."""
    honest = any(held_out(score) for score in diary.scores) or any(one.how in ("cv", "fold") for one in diary.divisions)
    for score in diary.scores:
        fits = sorted((fit for fit in score.fits if fit.supervised and fit.rows), key=lambda one: one.line)
        if not fits or len(fits) < len(score.fits) or any(named_apart(fit, score) for fit in fits):
            continue
        if all(split_anew(fit.rows, score.rows) for fit in fits):
            yield Finding("overlap", score.line, f"{fits[0].name} was fitted to a part of another random split of the "
                          "same rows: many of these test rows were fitted", "split once, and keep the parts")
        elif all(overlap(fit.rows, score.rows) for fit in fits) and presented(diary, score, honest):
            yield on_fitted_rows(diary, score, fits[0].name)


def named_apart(fit: Fit, score: Score) -> bool:
    """Whether names say other parts where the rows seem the same: made by a function that chose them, unknown here."""
    return fit.rows == score.rows and fit.said == "train" and score.said in ("val", "test")


def presented(diary: Diary, score: Score, honest: bool) -> bool:
    """Whether a score on fitted rows is presented as that of a test."""
    role = diary.role(score.rows)
    same = all(fit.rows == score.rows for fit in score.fits)
    if role == "test" or (not same and role != "train" and divided_off(score)):
        return True
    if TESTING.search(score.text) and not TRAINING.search(score.text):
        return not honest or same
    return not honest and not TRAINING.search(score.text)


def divided_off(score: Score) -> bool:
    """Whether the scored rows are a part of the fitted ones."""
    return all(any((path[:len(root)] == root and len(path) > len(root)) or (path != root and len(path) == len(root))
                   for root in fit.rows) for fit in score.fits for path in score.rows)


def on_fitted_rows(diary: Diary, score: Score, name: str) -> Finding:
    """The finding for a score on fitted rows."""
    if diary.role(score.rows) == "test" or divided_off(score):
        return Finding("overlap", score.line, f"{name} was fitted to rows that it is tested on here",
                       "fit it to the training rows only, and score it on rows that it has not seen")
    return Finding("overlap", score.line, f"{name} is scored on the rows that it was fitted to, and on no others",
                   "keep some rows for a test before fitting, or cross-validate")


def held_out(score: Score | Use) -> bool:
    """Whether a score is of rows that its models weren't fitted to."""
    return bool(score.fits) and all(fit.rows and not overlap(fit.rows, score.rows) for fit in score.fits)


# --- several looks at the test

class Look(NamedTuple):
    """A candidate that was scored on rows: a model as it was fitted, with what its predictions depend on."""

    who: object
    line: int


def several_looks(diary: Diary) -> Iterator[Finding]:
    """Test rows that were looked at for several candidates, where no other rows were kept for the end."""
    looks = looks_by_rows(diary)
    for rows, found in looks.items():
        candidates = {look.who for look in found}
        if len(candidates) > 1 and not kept_for_the_end(diary, rows, looks):
            yield finding_of_looks(found, len(candidates))


def looks_by_rows(diary: Diary) -> dict[tuple, list[Look]]:
    """The looks at each set of test rows; those of one target are apart from those of another."""
    looks: dict[tuple, list[Look]] = defaultdict(list)
    for score in diary.scores:
        fits = frozenset(fit for fit in score.fits if not fit.baseline)
        says_validation = score.said == "val" or VALIDATION.search(score.text)
        if fits and held_out(score) and not score.in_folds and is_test(diary, score.rows) and not says_validation:
            own = score.rows in score.seen
            who = (frozenset(fit.key for fit in fits), score.turns - score.truth, own)
            looks[score.rows, score.truth].append(Look(who, score.line))
    for choice in diary.choices:
        if not choice.in_folds and is_test(diary, choice.rows):
            for key in [key for key in looks if key[0] == choice.rows] or [(choice.rows, frozenset())]:
                looks[key].append(Look(choice.how, choice.line))
                if choice.how == "stop":
                    looks[key].append(Look("end", choice.line))
    return looks


def is_test(diary: Diary, rows: Rows) -> bool:
    """Whether rows are kept for a test: not said to be for validation or training."""
    return diary.role(rows) not in ("val", "train")


def kept_for_the_end(diary: Diary, key: tuple, looks: dict[tuple, list[Look]]) -> bool:
    """Whether other rows were looked at once only, so that these served to choose."""
    rows, _ = key
    return any(not overlap(rows, other) and overlap_of_sources(rows, other) and len({look.who for look in found}) == 1
               for (other, _), found in looks.items())


def finding_of_looks(found: list[Look], number: int) -> Finding:
    """The finding for several looks at one set of test rows."""
    mend = "choose by cross-validation on the training rows, or on a validation part, and look at the test once"
    if stop := next((look for look in found if look.who == "stop"), None):
        why = "training stops, or keeps its best round, by its score on the test rows"
        return Finding("multi-test", stop.line, why,
                       "give it a part of the training rows to stop by, and look at the test once")
    lines = list(dict.fromkeys(look.line for look in found))
    if choice := next((look for look in found if look.who == "loop"), None):
        return Finding("multi-test", choice.line, "the best is kept by its score on the test rows", mend)
    if len(lines) == 1:
        return Finding("multi-test", lines[0], "candidates are scored on the same test rows in a loop", mend)
    return Finding("multi-test", second(found), f"{number} candidates are scored on the same test rows", mend)


def second(found: Iterable[Look]) -> int:
    """The line at which the test rows are looked at for a second candidate."""
    first, *others = found
    return next(look.line for look in others if look.who != first.who)
