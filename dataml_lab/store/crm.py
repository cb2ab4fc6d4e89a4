"""The system in which the shop looks after its customers (a CRM), as far as other systems feed it.

`PUT /customers` with a JSON list of up to 100 `{"user_id": 17, "segment": "regular"}` sets the segments of these
customers, all or none, and answers 204. Users it doesn't name keep theirs. Errors are `{"detail": "<a sentence>"}`:
422 for a list that can't be taken, and by the count of requests 429 with `Retry-After` (seconds) and 500. Whether a
failed request was carried out its sender can't know: of the 500s the first, third, fifth … are.
"""

import json
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response

from dataml_lab.store.api import Weather
from dataml_lab.store.http import LocalServer

LIMIT = 100  # customers a request can name at most


class Crm(LocalServer):
    """A running CRM at `url`, and what it holds.

    `segments` is by user_id; `puts` counts the updates of a customer it carried out, `requests` all requests.
    """

    def __init__(self, users: set[int], weather: Weather) -> None:
        self.segments: dict[int, str] = {}
        self.puts = self.requests = self._failures = 0
        self._users, self._weather = users, weather
        super().__init__(self._app())

    def __repr__(self) -> str:
        return f"Crm({self.url} {'knows' if self.runs else 'stopped, knew'} {len(self.segments):,} segments)"

    def _app(self) -> FastAPI:
        app = FastAPI(title="The CRM")

        @app.put("/customers", status_code=204)
        async def customers(request: Request) -> Response:
            self._answer(await request.body())
            return Response(status_code=204)

        return app

    def _answer(self, body: bytes) -> None:
        """Carry a request out, or raise the HTTPException whose turn it is; or do both."""
        self.requests += 1
        try:
            self._weather.strike(self.requests)
        except HTTPException as trouble:
            self._failures += trouble.status_code == 500
            if trouble.status_code == 500 and self._failures % 2 == 1:
                self._update(body)
            raise
        self._update(body)

    def _update(self, body: bytes) -> None:
        customers = parse(body, self._users)
        self.segments.update(customers)
        self.puts += len(customers)


def parse(body: bytes, users: set[int]) -> list[tuple[int, str]]:
    """The user ids and segments of a request's body; 422 if it isn't a list of known users and their segments.

    >>> parse(b'[{"user_id": 17, "segment": "regular"}]', {17, 18})
    [(17, 'regular')]
    """
    try:
        customers = json.loads(body)
    except (ValueError, RecursionError):
        customers = None
    if not isinstance(customers, list) or len(customers) > LIMIT:
        raise HTTPException(422, f"A JSON list of up to {LIMIT} customers is needed.")
    return [customer(number, item, users) for number, item in enumerate(customers, 1)]


def customer(number: int, item: Any, users: set[int]) -> tuple[int, str]:
    """The user id and the segment of the customer of this number in a request; 422 if it has others or none."""
    match item:
        case {"user_id": int(user_id), "segment": str(segment), **rest} if segment and not rest:
            if user_id in users and user_id is not True:
                return user_id, segment
            raise HTTPException(422, f"Customer {number} of the list: there is no user {user_id!r}.")
    needed = '{"user_id": <a whole number>, "segment": "<a name>"}'
    raise HTTPException(422, f"Customer {number} of the list: {needed} is needed, and {json.dumps(item)[:80]} came.")
