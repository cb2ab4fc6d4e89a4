"""Online: the newest summary as features that a program looks up by user, in about a millisecond."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from threading import Lock
from typing import Any

import pandas as pd
import psycopg
from fastapi import FastAPI, HTTPException
from psycopg.rows import dict_row

from dataml_lab.pipeline.daily import newest
from dataml_lab.pipeline.serve import ServeError
from dataml_lab.store.http import LocalServer
from dataml_lab.store.postgres import load

CONNECT_S = 2
STATEMENT_S = 2  # a lookup takes a millisecond, unless something else has locked the table
LARGEST = 2**63 - 1  # a bigint holds no more
USER_FEATURES = """
    CREATE TABLE IF NOT EXISTS user_features (
        user_id bigint PRIMARY KEY, day date NOT NULL,
        orders_30d integer NOT NULL, spend_30d double precision NOT NULL, days_since_order integer
    )"""


def publish_features(connection: psycopg.Connection, summary: pd.DataFrame) -> None:
    """Puts the summary's last day into the table `user_features` in place of what it held, in one transaction.

    Readers see the old features until all the new ones are there; a second publication waits for the first. The
    table is made when missing. Raises ServeError, and leaves the table alone, when the summary has no rows, or a
    user id that is no whole number, and when the database fails or refuses them.
    """
    features = newest(summary)
    with publication_errors(), connection.transaction():
        connection.execute(USER_FEATURES)
        connection.execute("LOCK TABLE user_features IN EXCLUSIVE MODE")  # against others who publish, not readers
        connection.execute("DELETE FROM user_features")  # TRUNCATE would make readers wait
        load(connection, "user_features", features)


@contextmanager
def publication_errors() -> Iterator[None]:
    """Turns a failure of PostgreSQL into ServeError: what happened, what to do."""
    try:
        yield
    except psycopg.Error as cause:
        lost = isinstance(cause, psycopg.OperationalError)
        remedy = "connect and publish again" if lost else "correct that in the summary or the table, then publish again"
        reason = str(cause).partition("\n")[0]
        raise ServeError(f"user_features: {reason}; the table is as it was: {remedy}") from cause


class Features:
    """The table `user_features` over one connection, which is kept, and made anew when it is lost.

    Lookups take turns on it.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn, self._lock = dsn, Lock()
        self._connection: psycopg.Connection | None = None

    def of(self, user_id: int) -> dict[str, Any] | None:
        """The features of a user and the day they are as of; None for a user without.

        Raises psycopg.OperationalError when the database is down, or has the table locked.
        """
        return self._ask("SELECT * FROM user_features WHERE user_id = %s", user_id)

    def day(self) -> date | None:
        """The day that the features are as of; None if the table is empty. Raises as `of` does."""
        found = self._ask("SELECT day FROM user_features LIMIT 1")
        return found and found["day"]

    def close(self) -> None:
        """Ends the connection."""
        if self._connection is not None:
            self._connection.close()

    def _ask(self, query: str, *values: object) -> dict[str, Any] | None:
        with self._lock:
            if self._connection is not None:
                with suppress(psycopg.OperationalError):  # lost: perhaps the database is back by now
                    return self._connection.execute(query, values).fetchone()
                self._connection.close()
            # A statement that was prepared would fail for good once the table has other columns.
            options = {"connect_timeout": CONNECT_S, "row_factory": dict_row, "prepare_threshold": None}
            self._connection = psycopg.connect(self._dsn, autocommit=True, **options)
            self._connection.execute(f"SET statement_timeout = '{STATEMENT_S}s'")
            return self._connection.execute(query, values).fetchone()


class Endpoint(LocalServer):
    """A running feature endpoint: `GET {url}/users/{user_id}/features`."""

    def __init__(self, features: Features) -> None:
        self._features = features
        super().__init__(make_app(features))

    def __repr__(self) -> str:
        return f"Endpoint({self.url} {'serves' if self.runs else 'stopped, served'} /users/<user_id>/features)"

    def stop(self) -> None:
        """End it, free its port and its connection; a second time does nothing."""
        super().stop()
        self._features.close()


def endpoint(dsn: str) -> Endpoint:
    """Serves what `publish_features` has put into a database, from a thread, on a free port of 127.0.0.1.

    `GET /users/17/features` answers the row of user 17 as JSON, with the day it is as of. Errors are
    `{"detail": "<a sentence>"}`: 404 for a user without features, 422 for what is no user id, 503 while the
    database is down or nothing is published. `GET /health` answers `{"status": "ok"}` whenever it runs.
    """
    return Endpoint(Features(dsn))


def make_app(features: Features) -> FastAPI:
    """The endpoint as an ASGI application, for this process's server or any other."""
    app = FastAPI(title="Features")

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/users/{user_id}/features")
    def features_of(user_id: str) -> dict[str, Any]:
        number = whole(user_id)
        try:
            if row := features.of(number):
                return row
            day = features.day()
        except psycopg.OperationalError:
            raise HTTPException(503, "The database does not answer: ask again in a moment.") from None
        except psycopg.errors.UndefinedTable:
            day = None
        if day is None:
            raise HTTPException(503, "No features are published yet: ask again after the nightly job.")
        reason = f"no orders of theirs are known up to {day}"
        raise HTTPException(404, f"There are no features of user {number}: {reason}.")

    return app


def whole(user_id: str) -> int:
    """The user id that the text spells; 422 if it spells none.

    >>> whole("17")
    17
    """
    if user_id.isdecimal() and len(user_id) <= len(str(LARGEST)) and (number := int(user_id)) <= LARGEST:
        return number
    raise HTTPException(422, f"{user_id[:40]!r} is no user id: a whole number such as 17 is needed.")
