"""Why a request is not answered with a score, in words; each kind has its status of HTTP."""

from collections.abc import Mapping
from typing import Any, ClassVar


class Refusal(Exception):
    """A sentence, which the caller gets with the `status` and what `more` holds."""

    status: ClassVar[int]

    @property
    def more(self) -> dict[str, Any]:
        """What else the answer says."""
        return {}


class Malformed(Refusal):
    """The body is no JSON object."""

    status = 400


class TooSlow(Refusal):
    """The body didn't come in time."""

    status = 408


class TooLarge(Refusal):
    """The body is larger than may be."""

    status = 413


class Invalid(Refusal):
    """Fields of the row have wrong values: what is wrong, for each."""

    status = 422

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name} {problem}" for name, problem in fields.items()))
        self.fields = dict(fields)

    @property
    def more(self) -> dict[str, Any]:
        return {"fields": self.fields}


class ScoreError(Refusal):
    """The model failed on the row."""

    status = 500


class NotReady(Refusal):
    """There is no model."""

    status = 503


class Busy(Refusal):
    """As many rows wait as may."""

    status = 503


class Overdue(Refusal):
    """The model didn't score the row in time."""

    status = 503
