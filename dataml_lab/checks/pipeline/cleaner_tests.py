"""Exercise 2: tests that tell correct cleaners of orders from faulty ones."""

import copy
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.pipeline.cleaners import FAULTY, Clean, Cleaners, Row, cleaners
from dataml_lab.pipeline import clean_order
from dataml_lab.runtime.answers import Answer, Failed, NotAttempted, OutOfTime, functions
from dataml_lab.runtime.plain import plain
from dataml_lab.runtime.shown import shown

MOST = 50  # tests


class Tried(NamedTuple):
    """A test, and by the name of a cleaner what came of each run on it: what the test returned, or the complaint of one
    that failed."""

    test: Answer
    runs: dict[str, list]

    def complaints(self, cleaner: str) -> list[Failed]:
        """What it complains of in a cleaner."""
        return [came for came in self.runs[cleaner] if isinstance(came, Failed)]

    def notices(self, cleaner: str) -> bool:
        """Whether it fails on a cleaner each time."""
        return len(self.complaints(cleaner)) == len(self.runs[cleaner])


def run(test: Answer, clean: Clean) -> Any:
    """What a test returns for a cleaner, or its complaint."""
    try:
        return test(clean)
    except OutOfTime:
        raise
    except Failed as complaint:
        return complaint


def attempted(tests: list[Answer]) -> list[Tried]:
    """The tests that are more than a stub, each run on `clean_order`; `NotAttempted` where all are stubs, `Failed`
    where there are too many."""
    if len(tests) > MOST:
        raise Failed(f"There are {len(tests):,} functions whose names begin with test_, and at most {MOST} are run: "
                     "let one test look at several orders.")
    found = []
    for test in tests:
        with suppress(NotAttempted):
            found.append(Tried(test, defaultdict(list, {"": [run(test, clean_order)]})))
    if not found:
        raise NotAttempted("each test still returns NotImplemented")
    return found


def words(complaint: Failed) -> str:
    """A complaint without its line of code: the cleaner in it has no name in the notebook."""
    return str(complaint).partition("\n")[0]


def complaints(names: Mapping[str, Any], clean: Clean) -> dict[str, str]:
    """What the tests among the names of a notebook complain of in a cleaner, by test; empty if all pass."""
    found = {test.name: run(test, clean) for test in functions("test_*")(names)}
    return {name: words(complaint) for name, complaint in found.items() if isinstance(complaint, Failed)}


FIRST = "passes on correct cleaners"
cleaner_tests = Exercise("cleaner_tests", cleaners, functions("test_*"))


@cleaner_tests.scene
def tried(cleaner_tests: list[Answer], world: Cleaners) -> list[Tried]:
    """The tests, run twice on each cleaner, in an order of the seed's: what a test says may depend on earlier runs."""
    found, all_of_them = attempted(cleaner_tests), list((world.correct | world.faulty).items())
    random = np.random.default_rng(world.seed)
    for test, runs in found * 2:
        for place in random.permutation(len(all_of_them)):
            name, clean = all_of_them[place]
            runs[name].append(run(test, clean))
    return found


@cleaner_tests.demands(FIRST, points=0, call="""\
from dataml_lab.checks.pipeline.cleaner_tests import complaints
for correct in world.correct.values():
    print("complaints about a correct cleaner:", complaints(dict(globals()), correct))""")
def _(tried: list[Tried], world: Cleaners) -> str | None:
    for cleaner in world.correct:
        for one in tried:
            if one.complaints(cleaner):
                return misjudged(one, cleaner, len(tried) > 1)
    return None


def misjudged(tried: Tried, cleaner: str, others: bool) -> str:
    """Why a test fails on a correct cleaner; `others` says whether there are more tests."""
    name, wrong = tried.test.name, words(tried.complaints(cleaner)[0])
    if "positional argument" in wrong:
        return f"{wrong} A test takes one argument, the cleaner."
    if not tried.notices(cleaner):
        return (f"{name} passes and fails on the same correct cleaner. Does it{' or another test' * others} change "
                "what stays, such as an order that is used again? Let each test change a copy.")
    if cleaner:
        return (f"{name} fails on a correct cleaner that {cleaner}: compare the fields that you mean, as far as the "
                "contract goes.")
    for raw in given(tried.test)[-1:]:
        verdict = "refuses" if clean_order(raw) is None else "accepts"
        wrong += f" The last order that it gave was {shown(raw, 300)}, which the contract {verdict}."
    spoilt = " Or did another test change an order that both use? Then let each change a copy." * others
    return f"{name} fails on a correct cleaner: {wrong} Read the contract again.{spoilt}"


def given(test: Answer) -> list[Any]:
    """The raw orders that a test gives to a correct cleaner."""
    found = []

    def noting(raw: Any) -> Row | None:
        found.append(plain(raw))
        return clean_order(raw)

    run(test, noting)
    return found


def unnoticed(area: str) -> Callable[[list[Tried], Cleaners], str | None]:
    """The property of tests that one of them notices the faulty cleaner of this area."""
    def broken(tried: list[Tried], world: Cleaners) -> str | None:
        if any(one.notices(area) for one in tried):
            return None
        blind = "A faulty cleaner passes all your tests"
        for test, runs in tried:
            if any(came is False for came in runs[area]):
                return f"{blind}, although {test.name} returns False: what a test returns doesn't count, `assert` it."
        for one in tried:
            if any(made(world.faulty[area], raw) != made(clean_order, raw) for raw in given(one.test)):
                failed = any(map(one.complaints, one.runs))
                more = f"Does it assert what the contract says about {area}?" if failed else "Can that test fail?"
                return f"{blind}, although {one.test.name} gives it an order that it gets wrong. {more}"
        return f"{blind}. What does the contract say about {area}?"
    return broken


def made(clean: Clean, raw: Any) -> str:
    """What a cleaner makes of a raw order: its result, and the order itself afterwards."""
    raw = copy.deepcopy(raw)
    try:
        return repr((clean(raw), raw))
    except Exception as error:
        return repr(error)


for area in FAULTY:
    cleaner_tests.demands(f"tests {area}", points=0.5, after=FIRST, call=f"""\
from dataml_lab.checks.pipeline.cleaner_tests import complaints
faulty = world.faulty[{area!r}]
print("complaints about this cleaner:", complaints(dict(globals()), faulty))""")(unnoticed(area))
