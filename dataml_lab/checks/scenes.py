"""The scenes of an exercise: an answer questioned in a world, once, however many properties read what came of it."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from dataml_lab.runtime.answers import Failed, OutOfTime


class Scenes:
    """What functions that take scenes as their parameters are given, for one answer in one world.

    As with the fixtures of pytest, a parameter names what it is: `world`, `oracle`, the exercise for the answer
    itself, or a scene. A scene is played when it is first asked for; what it returns or how it failed is kept."""

    def __init__(self, scenes: Mapping[str, Callable], **given: Any) -> None:
        self.scenes, self.known = scenes, given

    def play(self, function: Callable) -> Any:
        """What a function returns for the scenes that its parameters name."""
        return function(*map(self._found, parameters(function)))

    def _found(self, name: str) -> Any:
        """What is known by a name; `Failed` where the answer failed in that scene."""
        if name not in self.known:
            try:
                self.known[name] = self.play(self.scenes[name])
            except Failed as failure:
                self.known[name] = failure
        return _or_raised(self.known[name])


@cache
def parameters(function: Callable) -> tuple[str, ...]:
    """The names of a function's parameters."""
    return tuple(inspect.signature(function).parameters)


@contextmanager
def about(what: str) -> Iterator[None]:
    """In the block, a failure says what the answer was given."""
    try:
        yield
    except Failed as failure:
        raise type(failure)(f"Given {what}: {failure}") from None


class Replies:
    """What an answer replies to questions, which are asked once each, in an order that a seed decides: so neither the
    number of a call nor the calls before it tell which property a question is for."""

    def __init__(self, ask: Callable[[Any], Any], questions: Iterable[Any], seed: int) -> None:
        self.questions, self._found = list(questions), {}
        reply = None
        for place in np.random.default_rng(seed).permutation(len(self.questions)):
            question = self.questions[place]
            if not isinstance(reply, OutOfTime):  # else it would go on like that
                reply = _reply(ask, question)
            self._found[id(question)] = reply

    def __getitem__(self, question: Any) -> Any:
        """The reply to a question, one of those that were asked; `Failed` where the call of the answer was."""
        return _or_raised(self._found[id(question)])


def _reply(ask: Callable[[Any], Any], question: Any) -> Any:
    try:
        return ask(question)
    except Failed as failure:
        return failure


def _or_raised(found: Any) -> Any:
    """What was found; raises it where it is a failure."""
    if isinstance(found, Failed):
        raise found.with_traceback(None)
    return found
