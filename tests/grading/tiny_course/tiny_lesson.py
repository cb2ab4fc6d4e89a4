"""A lesson for tests of grading, two exercises in a dozen small cells: `total` has two properties, a comparison with an
oracle, and needs a cell of the lesson; `mean` has an essay and a measurement.

Importing it makes it known; `python tiny_lesson.py`, in a copy of this folder, releases it there.
"""

from dataclasses import dataclass
from pathlib import Path

from dataml_lab.checks import PARTS, Part
from dataml_lab.checks.exercise import Exercise
from dataml_lab.runtime.answers import function

LESSON = "90_tiny"
PARTS[LESSON] = Part(__name__, ("total", "mean"))


@dataclass(frozen=True)
class Numbers:
    """Some numbers, and their sum."""

    values: list[int]
    sum: int


def numbers(seed):
    """Three numbers from a seed."""
    values = [seed % 100 + 1, seed % 10, 3]
    return Numbers(values, sum(values))


def measured(mean, world):
    """A line with the mean of the world's numbers."""
    return f"the mean of {len(world.values)} numbers came out as {mean(world.values):.1f}"


total = Exercise("total", numbers, function("total"))
mean = Exercise("mean", numbers, function("mean"), essay=4, measured=measured)
EXERCISES = [total, mean]


@total.demands("adds numbers up", points=1)
def _(total, world):
    found = total(world.values)
    return None if found == world.sum else f"{world.values} came to {found}, where {world.sum} was expected."


@total.demands("finds 0 in an empty list", points=1)
def _(total, world):
    found = total([])
    return None if found == 0 else f"An empty list came to {found}."


@total.compares
def _(total, world, oracle):
    negative = [-number for number in world.values]
    found, expected = total(negative), oracle(negative)
    return None if found == expected else f"{negative} came to {found}, where {expected} was expected."


@mean.demands("means", points=2)
def _(mean, world):
    found, true = mean(world.values), world.sum / len(world.values)
    return None if found == true else f"The mean of {world.values} is {true:.1f}, and the answer {found}."


if __name__ == "__main__":
    from dataml_lab.grading.build import release

    release(Path.cwd(), LESSON, Path.cwd() / "gradebook.db")
