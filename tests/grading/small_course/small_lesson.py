"""A lesson for tests, of what the course's own may lack: an exercise with an essay about it, and with a measurement.

Importing it makes it known; `python small_lesson.py`, in a copy of this folder, releases it there.
"""

from pathlib import Path
from types import SimpleNamespace

from dataml_lab.checks import LESSONS, check, grade
from dataml_lab.checks.exercise import Exercise
from dataml_lab.runtime.answers import function

__all__ = ["EXERCISES", "check", "grade"]
LESSONS["90_small"] = __name__


def world(seed):
    """Some numbers to take the mean of."""
    return SimpleNamespace(values=[seed % 100, seed % 10, 3])


def measured(mean, world):
    """A line with the mean of the world's numbers."""
    return f"the mean of {len(world.values)} numbers came out as {mean(world.values):.1f}"


mean = Exercise("mean", world, function("mean"), essay=4, measured=measured)
EXERCISES = [mean]


@mean.demands("means", points=2)
def _means(mean, world):
    found, true = mean(world.values), sum(world.values) / len(world.values)
    return None if found == true else f"The mean of {world.values} is {true:.1f}, and the answer {found}."


if __name__ == "__main__":
    from dataml_lab.grading.build import release

    release(Path.cwd(), "90_small", Path.cwd() / "gradebook.db")
