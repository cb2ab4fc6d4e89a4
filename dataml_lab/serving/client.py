"""A model behind an endpoint, asked from another process."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from dataml_lab.serving.fallback import BadInput, Reply


class Unanswered(RuntimeError):
    """The endpoint gave no score, but may give one soon: it is busy, it has no model, or it can't be reached."""


class Remote:
    """Asks `POST /score` of an endpoint for the score of a row.

    A question that was not answered is asked again, after 0.05 s, then twice as long each time, plus a random part, so
    that many clients don't come again at once. A score changes nothing, so that it does no harm to ask twice.

    Parameters
    ----------
    url : of the endpoint
    seconds : that a step of a question may take, such as to connect; a `Deadline` limits the whole
    tries : how often it is asked
    """

    def __init__(self, url: str, seconds: float = 1.0, tries: int = 3) -> None:
        self._client = httpx.Client(base_url=url, timeout=seconds)
        pause = wait_exponential_jitter(multiplier=0.05, jitter=0.05)
        self._again = Retrying(stop=stop_after_attempt(tries), wait=pause, reraise=True,
                               retry=retry_if_exception_type(Unanswered))

    def __call__(self, row: Mapping[str, Any]) -> Reply:
        """The score and the model's version. Raises BadInput for a row that is refused, Unanswered where no score came,
        RuntimeError where the model failed on the row."""
        return self._again(self._ask, row)

    def close(self) -> None:
        """Ends the connections."""
        self._client.close()

    def _ask(self, row: Mapping[str, Any]) -> Reply:
        headers = {"content-type": "application/json"}
        try:
            response = self._client.post("/score", content=body_of(row), headers=headers)
        except httpx.TransportError as error:
            raise Unanswered(f"{type(error).__name__}: {error}") from error
        return reply_of(response)


def body_of(row: Mapping[str, Any]) -> bytes:
    """The row as JSON, with numbers of NumPy too; BadInput if it has a value that JSON hasn't, such as NaN."""
    try:
        return json.dumps(dict(row), allow_nan=False, default=lambda value: value.item()).encode()
    except (TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"the row can't be written as JSON: {error}") from None


def reply_of(response: httpx.Response) -> Reply:
    """What an answer says; raises as `Remote` does."""
    try:
        said = response.json()
        if response.status_code == 200:
            return Reply(float(said["score"]), str(said["version"]))
        detail = said["detail"]
    except (ValueError, KeyError, TypeError):
        raise RuntimeError(f"{response.status_code}: the answer is none of a model's endpoint") from None
    kinds = dict.fromkeys((400, 413, 422), BadInput) | dict.fromkeys((408, 503), Unanswered)
    raise kinds.get(response.status_code, RuntimeError)(f"{response.status_code}: {detail}")
