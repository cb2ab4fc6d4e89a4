"""Tests that tell correct cleaners of orders from faulty ones."""

import copy
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.pipeline.cleaners import DIFFERS, FAULTY, Clean, Cleaners, Row, cleaners, silent
from dataml_lab.pipeline import clean_order
from dataml_lab.runtime.answers import Answer, Failed, NotAttempted, OutOfTime, functions
from dataml_lab.runtime.plain import plain
from dataml_lab.runtime.shown import shown

MOST = 50  # tests


class Complaint(NamedTuple):
    """How a test failed, the last order that it had given by then, and the field of it about whose value the contract
    is silent, if there is one."""

    failed: Failed
    given: Any
    silent: str | None

    def __str__(self) -> str:
        """Without the line of code: the cleaner in it has no name in the notebook."""
        return str(self.failed).partition("\n")[0]

    @property
    def over(self) -> str:
        """What the contract is silent about."""
        return f"{self.silent} = {shown(self.given[self.silent])}"


class Tried(NamedTuple):
    """A test, and by the name of a cleaner what came of each run on it: what the test returned, or the complaint of one
    that failed."""

    test: Answer
    runs: dict[str, list]

    def complaints(self, cleaner: str) -> list[Complaint]:
        """What it complains of in a cleaner."""
        return [came for came in self.runs[cleaner] if isinstance(came, Complaint)]

    def wrong(self, cleaner: str) -> list[Complaint]:
        """What it complains of in a correct cleaner where the contract decides."""
        return [complaint for complaint in self.complaints(cleaner) if not complaint.silent]

    @property
    def moot(self) -> list[Complaint]:
        """What it complains of in correct cleaners where the contract is silent."""
        return [complaint for cleaner in ("", DIFFERS) for complaint in self.complaints(cleaner) if complaint.silent]

    def notices(self, cleaner: str) -> bool:
        """Whether it fails on a cleaner each time, and not as it fails on correct ones."""
        noticed = self.wrong(cleaner) if self.moot else self.complaints(cleaner)
        return len(noticed) == len(self.runs[cleaner])


def run(test: Answer, clean: Clean) -> Any:
    """What a test returns for a cleaner, or its complaint."""
    last = None, None

    def noting(raw: Any) -> Row | None:
        nonlocal last
        last = plain(raw), silent(raw)
        return clean(raw)

    try:
        return test(noting)
    except OutOfTime:
        raise
    except Failed as failed:
        return Complaint(failed, *last)


def attempted(tests: list[Answer], known: Mapping[str, Clean], seed: int, rounds: int = 1) -> list[Tried]:
    """The tests that are more than a stub, each run on each of these cleaners, in an order of the seed's and so many
    times: neither the number of a run nor the runs before it tell a correct cleaner from a faulty one. `NotAttempted`
    where all are stubs, `Failed` where there are too many."""
    if len(tests) > MOST:
        raise Failed(f"There are {len(tests):,} functions whose names begin with test_, and at most {MOST} are run: "
                     "let one test look at several orders.")
    found, random = [Tried(test, defaultdict(list)) for test in tests], np.random.default_rng(seed)
    for _ in range(rounds):  # what a test says may depend on earlier runs of all of them
        found = [one for one in found if _ran(one, known, random)]
    if not found:
        raise NotAttempted("each test still returns NotImplemented")
    return found


def _ran(tried: Tried, known: Mapping[str, Clean], random: np.random.Generator) -> bool:
    """Whether a test, run on each of these cleaners once more, is more than a stub."""
    with suppress(NotAttempted):
        for name in random.permutation(list(known)):
            tried.runs[name].append(run(tried.test, known[name]))
        return True
    return False


def complaints(names: Mapping[str, Any], clean: Clean) -> dict[str, str]:
    """What the tests among the names of a notebook complain of in a cleaner, by test; empty if all pass."""
    found = {}
    for test in functions("test_*")(names):
        with suppress(NotAttempted):
            found[test.name] = run(test, clean)
    return {name: str(complaint) for name, complaint in found.items() if isinstance(complaint, Complaint)}


FIRST = "passes on correct cleaners"
cleaner_tests = Exercise("cleaner_tests", cleaners, functions("test_*"))


@cleaner_tests.scene
def tried(cleaner_tests: list[Answer], world: Cleaners) -> list[Tried]:
    """The tests, run twice on each cleaner."""
    return attempted(cleaner_tests, world.correct | world.faulty, world.seed, rounds=2)


@cleaner_tests.demands(FIRST, points=0, call="""\
from dataml_lab.checks.pipeline.cleaner_tests import complaints
for correct in world.correct.values():
    print("complaints about a correct cleaner:", complaints(dict(globals()), correct))""")
def _(tried: list[Tried], world: Cleaners) -> str | None:
    for cleaner in world.correct:
        for one in tried:
            if one.wrong(cleaner):
                return misjudged(one, cleaner, len(tried) > 1)
    return None


def misjudged(tried: Tried, cleaner: str, others: bool) -> str:
    """Why a test fails on a correct cleaner; `others` says whether there are more tests."""
    name, complaint = tried.test.name, tried.wrong(cleaner)[0]
    wrong = str(complaint)
    if "positional argument" in wrong:
        return f"{wrong} A test takes one argument, the cleaner."
    spoilt = (f"Does it{' or another test' * others} change what stays, such as an order that is used again? "
              "Let each test change a copy.")
    if len(tried.complaints(cleaner)) < len(tried.runs[cleaner]):
        return f"{name} passes and fails on the same correct cleaner. {spoilt}"
    if complaint.given is not None:
        verdict = "refuses" if clean_order(complaint.given) is None else "accepts"
        wrong += f" The last order that it gave was {shown(complaint.given, 300)}, which the contract {verdict}."
    if cleaner:
        return (f"{name} fails on a correct cleaner that {cleaner}: {wrong} Compare the fields that you mean, as far "
                "as the contract goes.")
    return (f"{name} fails on a correct cleaner: {wrong} Read the contract again. {spoilt} If you have deleted or "
            f"renamed that test, it stays until you run `del {name}` or restart the kernel.")


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
        for one in tried:
            if one.moot and one.complaints(area):
                return (f"No test notices a faulty cleaner. {one.test.name} fails on correct ones as well, over "
                        f"{one.moot[0].over}, about which the contract is silent. What it asserts after that is not "
                        "run: leave that order out.")
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
