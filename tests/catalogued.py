"""Answers of the catalogue, for tests of the checks that judge them."""

from functools import cache

from dataml_lab.checks import exercises, part_of
from dataml_lab.grading import COURSE
from dataml_lab.grading.catalogue import entries


def catalogued(exercise, name):
    """What a catalogued answer defines, by name."""
    namespace = {"__name__": name}
    exec(sources(exercise)[name], namespace)
    return namespace


@cache
def sources(exercise):
    """The sources of the answers to an exercise, by name."""
    lesson = part_of(exercise)
    listed = entries(COURSE / "solutions" / lesson / "answers", exercises(lesson))
    return {entry.name: entry.source for entry in listed if entry.exercise == exercise}
