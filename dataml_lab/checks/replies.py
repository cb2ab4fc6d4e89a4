"""What an answer replies to the questions of a world, each of them asked once."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np

from dataml_lab.runtime.answers import Failed, OutOfTime


class Replies:
    """The replies of one answer. All questions of a world are asked together, in an order that its seed decides: so
    neither the number of a call nor the calls before tell which property a question is asked for."""

    def __init__(self, answer: Any, ask: Callable[[Any], Any], questions: Mapping[Hashable, Any], order: int) -> None:
        self.answer, self._found = answer, {}
        keys = list(questions)
        for place in np.random.default_rng(order).permutation(len(keys)):
            key, stopped = keys[place], self._found.get("stopped")
            self._found[key] = stopped or self._asked(ask, questions[key])

    def _asked(self, ask: Callable[[Any], Any], question: Any) -> Any:
        try:
            return ask(question)
        except OutOfTime as stopped:  # it would go on like that
            self._found["stopped"] = stopped
            return stopped
        except Failed as failure:
            return failure

    def __getitem__(self, key: Hashable) -> Any:
        """The reply to a question; `Failed` where the call of the answer was."""
        found = self._found[key]
        if isinstance(found, Failed):
            raise found.with_traceback(None)
        return found


def replies(world: Any, answer: Any, ask: Callable[[Any], Any], questions: Callable[[], Mapping[Hashable, Any]],
            order: int) -> Replies:
    """The replies of this answer in this world (which has a place for them, `replies`), asked for when first needed."""
    if world.replies is None or world.replies.answer is not answer:
        world.replies = Replies(answer, ask, questions(), order)
    return world.replies


def by_id(*questions: Any) -> dict[int, Any]:
    """Questions by their identity."""
    return {id(question): question for question in questions}
