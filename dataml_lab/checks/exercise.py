"""An exercise: a family of seeded worlds, and the named properties that an answer must have in them."""

import contextlib
import hashlib
import io
import math
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from dataml_lab.checks.scenes import Scenes
from dataml_lab.runtime.answers import TOGETHER, Failed, NotAttempted, OutOfTime, Taker, together
from dataml_lab.runtime.deadline import TimeOut
from dataml_lab.runtime.plain import name_of

Outcome = Literal["holds", "fails", "not judged"]
MOST_WORDS, MOST_CODE = 1_500, 6_000  # characters of a sentence, and of the lines of code after it
UNJUDGED = "What your answer returned could not be judged"  # begins the sentence where a check itself raised
VERDICT = re.compile(r"(?:holds|fails|not judged|measured)\b|\w+: .*(?:propert|not attempted)|[\d.,]*$")


class Property(NamedTuple):
    """What an answer must do, and its worth in points. `broken`, given the scenes that it names, returns None where
    the property holds, else a sentence that helps. It is judged once the property `after` holds, if it names one.
    `call` is code that shows the failure in a practice world, by the names `world` and the answer's own."""

    name: str
    points: float
    broken: Callable[..., str | None]
    after: str = ""
    call: str = ""


class NotYet(str):
    """What a property returns where it can't be judged yet: the sentence says what has to hold first."""


class Finding(NamedTuple):
    """What was found about one property of one answer."""

    property: str
    points: float
    outcome: Outcome
    sentence: str = ""

    @property
    def earned(self) -> float:
        """The property's points if it holds, else 0."""
        return self.points if self.outcome == "holds" else 0.0

    def __str__(self) -> str:
        head = f"  {self.outcome:<10}  {self.worth:<8}  {self.property}"
        words, code = self.parts
        told = textwrap.wrap(words, 96, initial_indent=" " * 14, subsequent_indent=" " * 14)
        return "\n".join([head, *told, *(" " * 14 + line for line in code)])

    @property
    def worth(self) -> str:
        """The points that it earned, of how many: `0 of 1`."""
        return f"{self.earned:g} of {self.points:g}" if self.points else "required"

    @property
    def parts(self) -> tuple[str, list[str]]:
        """The sentence, and the lines of code after it, which stay whole to be copied."""
        words, *code = self.sentence.split("\n")
        return words, code


class Verdict(NamedTuple):
    """What was found about an answer: a finding per property, or why there was nothing to judge; lines of numbers that
    were measured beside it, for people to read; and how the answer ran out of time or lost its process, if it did."""

    exercise: str
    findings: tuple[Finding, ...]
    not_attempted: str = ""
    measured: str = ""
    stopped: str = ""

    @property
    def points(self) -> float:
        """The points that the exercise is worth."""
        return math.fsum(finding.points for finding in self.findings)

    @property
    def earned(self) -> float:
        """The points that the answer earns, between 0 and `points`."""
        return math.fsum(finding.earned for finding in self.findings)

    @property
    def score(self) -> float:
        """What is entered in the gradebook: a float, clamped to 0..`points`; nbgrader rejects more."""
        return float(min(max(round(self.earned, 4), 0.0), self.points))

    def __str__(self) -> str:
        measured = [f"  {'measured':<10}  in one world", textwrap.indent(self.measured, " " * 14)]
        measured = measured if self.measured else []
        if self.not_attempted:
            head = f"{self.exercise}: not attempted, 0 of {worth(self.points)} ({self.not_attempted})."
            return "\n".join([head, *measured])
        held = sum(finding.outcome == "holds" for finding in self.findings)
        head = (f"{self.exercise}: {held} of {len(self.findings)} properties hold, "
                f"{self.earned:g} of {worth(self.points)}.")
        return "\n".join([head, *map(str, each_said_once(self.findings)), *measured])


def each_said_once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, in which a sentence about an earlier failure isn't repeated."""
    said = set()
    for finding in findings:
        words, _ = finding.parts
        again = finding.outcome == "fails" and words in said
        said.add(words)
        yield finding._replace(sentence="For the same reason as above.") if again else finding


@dataclass
class Exercise:
    """A named task: `world(seed)` makes a world to judge an answer in, `answer(namespace)` takes the answer from among
    a notebook's names, and `fair(world)` is false for a world that is too easy or too hard to count.

    Functions decorated with `scene`, `demands` and `compares`, and `measured`, take what their parameters name: the
    `world`, the answer (by the name of the exercise), or scenes, each of which is played once in a world.

    Where `essay` is not 0, a question follows that is answered in words, and a person gives up to so many points for
    it. `measured` returns lines of numbers that this person is to see beside the words, or None."""

    name: str
    world: Callable[[int], Any]
    answer: Taker
    fair: Callable[[Any], bool] = lambda world: True
    properties: list[Property] = field(default_factory=list)
    essay: float = 0
    measured: Callable[..., str | None] | None = None
    scenes: dict[str, Callable] = field(default_factory=dict)
    comparison: Callable[..., str | None] | None = None

    @property
    def points(self) -> float:
        """The points that the properties are worth; those of the essay come on top."""
        return math.fsum(p.points for p in self.properties)

    def scene(self, play: Callable) -> Callable:
        """Decorator: what this function returns is given to functions with a parameter of its name."""
        self.scenes[play.__name__] = play
        return play

    def demands(self, name: str, points: float, after: str = "", call: str = "") -> Callable[[Callable], Callable]:
        """Decorator: makes a function that returns a sentence, or None where all is right, a property."""
        def register(broken: Callable[..., str | None]) -> Callable:
            self.properties.append(Property(name, points, broken, after, call))
            return broken
        return register

    def compares(self, difference: Callable[..., str | None]) -> Callable:
        """Decorator: this function, one of whose parameters is the `oracle`, says where the answer differs from it. It
        is asked once every property holds, and a difference costs the last one."""
        self.comparison = difference
        return difference

    def fair_world(self, seed: int) -> Any:
        """The first fair world of a seed; RuntimeError if fifty in a row are not."""
        candidates = (self.world(seed + step) for step in range(50))
        found = next(filter(self.fair, candidates), None)
        if found is None:
            raise RuntimeError(f"No fair world for {self.name} in fifty tries from seed {seed}.")
        return found

    def judge(self, namespace: Mapping[str, Any], seeds: Iterable[int], oracle: Callable | None = None,
              practice: bool = False) -> Verdict:
        """The verdict on the answer in `namespace`, over the worlds of all seeds: a property holds if it holds
        in each. An oracle is a reference answer to compare with. Of a `practice` world, a failure shows the call."""
        with together(TOGETHER):
            try:
                answer, reason = self._taken(namespace)
                if reason:
                    return self.lost(reason)
                worlds = [Scenes(self.scenes, world=self.fair_world(seed), oracle=oracle, **{self.name: answer})
                          for seed in seeds]
                findings, stopped = self._findings(worlds, practice)
                return Verdict(self.name, findings, "", self._measurement(stopped, worlds[0]), safe(stopped))
            except NotAttempted as reason:
                unjudged = tuple(Finding(p.name, p.points, "not judged") for p in self.properties)
                return Verdict(self.name, unjudged, safe(str(reason)), self._measurement("there is no answer yet"))

    def lost(self, reason: str) -> Verdict:
        """The verdict where nothing could be judged, for a reason that is given once."""
        first, *others = (Finding(p.name, p.points, "not judged", safe(reason)) for p in self.properties)
        return Verdict(self.name, (first._replace(outcome="fails"), *others), measured=self._measurement(safe(reason)))

    def _taken(self, namespace: Mapping[str, Any]) -> tuple[Any, str]:
        """The answer among the names of a notebook, and why it can't be judged; empty where it can."""
        try:
            return self.answer(namespace), ""
        except (NotAttempted, KeyboardInterrupt, TimeOut):  # this TimeOut is the judge's, not the answer's
            raise
        except Failed as failure:
            return None, said(failure)
        except BaseException as error:
            return None, f"The names of the notebook could not be read: that raised {name_of(type(error))}."

    def _findings(self, worlds: list[Scenes], practice: bool) -> tuple[tuple[Finding, ...], str]:
        """A finding per property, and in words how the answer ran out of time; empty where it did not."""
        found: dict[str, Finding] = {}
        stopped, ended = "", ""  # in words, and by which property
        for prop in self.properties:
            hindrance = ended or (prop.after if prop.after and found[prop.after].outcome != "holds" else "")
            if hindrance:
                found[prop.name] = Finding(prop.name, prop.points, "not judged", f"Judged once “{hindrance}” holds.")
                continue
            sentence, out_of_time, number = _first_sentence(prop.broken, worlds)
            if isinstance(sentence, NotYet):
                found[prop.name] = Finding(prop.name, prop.points, "not judged", safe(sentence))
                continue
            if practice and prop.call and sentence and "\n" not in sentence:  # else it shows a call already
                sentence += _to_paste(self.name, prop.call, number)
            found[prop.name] = Finding(prop.name, prop.points, "fails" if sentence else "holds", safe(sentence))
            stopped, ended = (sentence, prop.name) if out_of_time else ("", "")
        if all(finding.outcome == "holds" for finding in found.values()):
            sentence, out_of_time, _ = self._difference(worlds)
            if sentence:
                found[prop.name] = Finding(prop.name, prop.points, "fails", safe(sentence))
            stopped = sentence if out_of_time else ""
        return tuple(found.values()), stopped

    def _difference(self, worlds: list[Scenes]) -> tuple[str, bool, int]:
        """How the answer differs from the oracle, if there is one, as `_first_sentence` says it."""
        compared = self.comparison and worlds[0].known["oracle"]
        return _first_sentence(self.comparison, worlds) if compared else ("", False, 0)

    def _measurement(self, hindrance: str, world: Scenes | None = None) -> str:
        """What `measured` says, or why it says nothing; empty for an exercise that measures nothing."""
        if not self.measured:
            return ""
        return f"nothing: {hindrance}" if hindrance else _told(self.measured, world)


def _to_paste(exercise: str, call: str, number: int) -> str:
    """The end of a sentence: lines of code that make a practice world and show the failure in it."""
    return f' To see it:\nfrom dataml_lab.checks import practice\nworld = practice("{exercise}", {number})\n{call}'


def _first_sentence(broken: Callable[..., str | None], worlds: list[Scenes]) -> tuple[str, bool, int]:
    """What a function says in the first world where it says something (empty where it says nothing in all), whether
    the answer ran out of time (then it would go on doing so), and the number of that world, from 1."""
    for number, world in enumerate(worlds, 1):
        try:
            sentence = world.play(broken)
        except OutOfTime as stopped:
            return said(stopped), True, number
        except Failed as failure:
            sentence = said(failure)
        except (NotAttempted, KeyboardInterrupt, TimeOut):  # this TimeOut is the judge's, not the answer's
            raise
        except BaseException as error:  # odd data may raise anything in a check: that is a verdict, too
            sentence = f"{UNJUDGED}: the check raised {_named(error)}. If it is as asked, show this to your teacher."
        if sentence:
            return sentence, False, number
    return "", False, 0


def said(failure: Failed) -> str:
    """The sentence of a failure; one that says nothing is a failure all the same."""
    return str(failure) or "It failed, and nothing was said of why."


def _named(error: BaseException) -> str:
    """An exception of a check's by type and message."""
    try:
        return f"{name_of(type(error))}: {str.__str__(str(error))[:200]}".removesuffix(": ")
    except BaseException:
        return name_of(type(error))


def _told(measured: Callable[..., str | None], world: Scenes) -> str:
    """What is measured of an answer. No grade depends on it: nothing that goes wrong here ends the verdict, and what
    is written to stderr, for which nbgrader would take all points, goes nowhere."""
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            return safe(str(world.play(measured) or ""))
    except (Failed, NotAttempted) as reason:
        return safe(f"nothing: {reason}")
    except (KeyboardInterrupt, TimeOut):
        raise
    except BaseException as error:
        return safe(f"nothing: {_named(error)}")


def safe(text: str) -> str:
    """A text as it may be shown to anybody, whatever a student's code wrote into it: of bounded length, nothing in it
    but what is printed and seen, and no line after the first that could be taken for one of a verdict.

    >>> safe("It said:\\n  holds  9 points\\x1b[2J"), len(safe("x" * 10**6))
    ('It said: holds  9 points�[2J', 1500)
    """
    lines: list[str] = []
    for line in _cut(text, MOST_WORDS + MOST_CODE).split("\n"):
        if lines and VERDICT.match(line.strip()):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    return "\n".join([_printable(_cut(lines[0], MOST_WORDS)), *map(_printable, lines[1:])])


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most - 1]}…"


def _printable(text: str) -> str:
    """A text without control characters, what turns the direction of writing, and lone surrogates."""
    return text if text.isprintable() else "".join(
        c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text)


def seeds(exercise: str, salt: str, student: str = "", count: int = 3) -> list[int]:
    """The seeds of a student's worlds, in 0..2⁴⁸: a hash of salt, exercise, student and running number.

    >>> seeds("fetch_all", "a") == seeds("fetch_all", "a"), seeds("fetch_all", "a") == seeds("fetch_all", "b")
    (True, False)
    """
    texts = (f"{salt}\0{exercise}\0{student}\0{number}" for number in range(count))
    return [int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) for text in texts]


def worth(points: float) -> str:
    """Points in words: `1 point`, `2.5 points`."""
    return f"{points:g} point{'' if points == 1 else 's'}"
