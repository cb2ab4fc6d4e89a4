"""Help for a learner who is stuck: hints, from `hints.toml` beside the checks of a lesson, and solutions."""

import importlib
import json
import re
import textwrap
import tomllib
from functools import cache
from pathlib import Path

COURSE = Path(__file__).resolve().parents[2]
WIDTH = 96  # characters of a line of prose
STAGES = ("question", "plan")  # of hints


def hint_text(module: str, exercise: str, stage: int) -> str:
    """A hint to an exercise: first a question that leads on, then a plan; ValueError for any other stage."""
    if stage not in (1, 2):
        raise ValueError(f"There are two hints to {exercise}, 1 and 2, and no {stage!r}.")
    more = f'hint("{exercise}", 2) gives a plan.' if stage == 1 else f'After an attempt: solution("{exercise}").'
    return f"{hints(module)[exercise][STAGES[stage - 1]].strip()}\n\n{more}"


@cache
def hints(module: str) -> dict[str, dict[str, str]]:
    """The hints of the lesson whose exercises are in a module, by exercise and stage."""
    folder = Path(importlib.import_module(module).__file__).parent
    return tomllib.loads((folder / "hints.toml").read_text("utf-8"))


def solution_text(part: str, exercise: str) -> str:
    """The course's solution of an exercise of a part, and its model essay; without them, where to ask."""
    path = COURSE / "solutions" / part / f"{part}.ipynb"
    if not path.exists():
        return f"This copy of the course has no solutions: there is no {path}. Ask whoever gave it to you."
    found = {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]}
    essay = found.get(f"{exercise}-essay")
    answer = without_solution_marks(found[f"{exercise}-answer"]).strip()
    return f"{answer}\n\n\nA model answer to the question:\n\n{_wrapped(essay)}" if essay else answer


def _wrapped(essay: str) -> str:
    """The paragraphs in lines that fit an output of JupyterLab, which would break longer ones inside words."""
    return "\n\n".join(textwrap.fill(paragraph, WIDTH) for paragraph in essay.split("\n\n"))


def without_solution_marks(source: str) -> str:
    """The source without the lines that mark where a solution begins and ends."""
    return re.sub(r"(?m)^.*### (BEGIN|END) SOLUTION.*\n?", "", source)
