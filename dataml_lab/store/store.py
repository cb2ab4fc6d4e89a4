"""The Store: one simulated online shop whose truth is known."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dataml_lab.store import mechanisms as true
from dataml_lab.store.block import make_block
from dataml_lab.store.draws import DAY, stream
from dataml_lab.store.faults import Faults
from dataml_lab.store.files import export, stream_parquet
from dataml_lab.store.people import USERS_PER_BLOCK
from dataml_lab.store.raw import Raw, make_raw
from dataml_lab.store.schema import TABLES, schema
from dataml_lab.store.world import NEVER, World, make_world

if TYPE_CHECKING:
    from dataml_lab.store.api import Server
    from dataml_lab.store.broker import Topic
    from dataml_lab.store.crm import Crm
    from dataml_lab.store.postgres import Database
    from dataml_lab.store.webhooks import Webhooks

Date = str | dt.date


@dataclass(frozen=True)
class Settings:
    """What determines a Store: two Stores with equal settings hold equal values."""

    users: int = 2_000
    days: int = 180
    seed: int = 1
    start: Date = "2025-01-01"
    covariate_shift: Date | None = None
    concept_shift: Date | None = None

    def __post_init__(self) -> None:
        """ValueError if a number is too small, or a shift isn't on one of the simulated days."""
        for name, least in (("users", 1), ("days", 1), ("seed", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
                raise ValueError(f"Store({name}={value!r}): a whole number from {least} on is needed")
        for name in ("start", "covariate_shift", "concept_shift"):
            if name == "start" or getattr(self, name) is not None:
                day = midnight(name, getattr(self, name))
                if not self.begin <= day < self.end:
                    value, days = getattr(self, name), f"the {self.days} days from {self.start}"
                    raise ValueError(f"Store({name}={value!r}): not one of {days}")

    @property
    def begin(self) -> int:
        """The first midnight, in Unix seconds."""
        return midnight("start", self.start)

    @property
    def end(self) -> int:
        """The midnight after the last day, in Unix seconds."""
        return self.begin + self.days * DAY

    @property
    def blocks(self) -> list[int]:
        """How many users each block has: all are full but the last."""
        full, rest = divmod(self.users, USERS_PER_BLOCK)
        return [USERS_PER_BLOCK] * full + [rest] * (rest > 0)


def midnight(name: str, day: Date) -> int:
    """Midnight UTC of a day, in Unix seconds; ValueError, naming the argument, if it is no day.

    >>> midnight("start", "1970-01-02")
    86400
    """
    try:
        moment = dt.datetime.fromisoformat(str(day))
    except ValueError:
        raise ValueError(f"Store({name}={day!r}): a day such as '2025-01-01' is needed") from None
    if moment.timetz() != dt.time():
        raise ValueError(f"Store({name}={day!r}): a day is needed, without a time or a time zone")
    return int(moment.replace(tzinfo=dt.UTC).timestamp())


class Truth(SimpleNamespace):
    """Frames by table, such as `truth.orders`, with the key of the table and what is true of each row."""

    def __repr__(self) -> str:
        return "\n".join(f"truth.{table}: {', '.join(frame.columns)}" for table, frame in vars(self).items())


class Store:
    """A simulated online shop: equal arguments give equal values, on every platform.

    Activity is simulated for `days` UTC days from `start`; users signed up in the 540 days before or during
    it. From the day `covariate_shift` on, the inputs change and the relations stay; from `concept_shift` on,
    the relations change and the inputs stay; before that day nothing differs (see `mechanisms`).

    Users come in blocks of 2,000, each with its own seed: the first block of a larger Store is the smaller
    Store. Rows are in the order of their ids, which is the order of time inside a block. Frames are made
    once; changing one changes nothing here.

    >>> store = Store(users=50, days=30)
    >>> store
    Store(users=50, days=30, seed=1, start='2025-01-01', covariate_shift=None, concept_shift=None)
    >>> store.users.shape, store.orders["total"].min() > 0
    ((50, 6), np.True_)
    """

    users: pd.DataFrame
    products: pd.DataFrame
    sessions: pd.DataFrame
    activity: pd.DataFrame
    orders: pd.DataFrame
    returns: pd.DataFrame
    payments: pd.DataFrame
    tickets: pd.DataFrame
    subscriptions: pd.DataFrame
    deliveries: pd.DataFrame

    def __init__(
        self,
        users: int = 2_000,
        days: int = 180,
        seed: int = 1,
        start: Date = "2025-01-01",
        covariate_shift: Date | None = None,
        concept_shift: Date | None = None,
    ) -> None:
        self.settings = Settings(users, days, seed, start, covariate_shift, concept_shift)

    def __repr__(self) -> str:
        return repr(self.settings).replace("Settings", "Store", 1)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Store) and self.settings == other.settings

    def __hash__(self) -> int:
        return hash(self.settings)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *TABLES]

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name not in TABLES:
            raise AttributeError(f"a Store has no {name!r}: its tables are {', '.join(TABLES)}")
        frame = self._world.products if name == "products" else self._frames[name]  # to stream, make no more
        return frame.copy(deep=False)

    @property
    def truth(self) -> "Truth":
        """What the shop can't see, by table: latent values, true probabilities and expectations."""
        hidden = {name.partition(".")[2]: frame for name, frame in self._frames.items() if "." in name}
        return Truth(**{table: frame.copy(deep=False) for table, frame in hidden.items()})

    def blocks(self) -> Iterator[dict[str, pd.DataFrame]]:
        """The tables of one block of users after the other, without `products`, for what exceeds memory."""
        for number, users in enumerate(self.settings.blocks):
            yield make_block(self._world, number, users)

    def raw(self, table: str, faults: Faults | None = None) -> Raw:
        """The raw export of a table, with its default faults or others; ValueError for an unknown table.

        >>> Store(users=50, days=30).raw("orders", Faults.none())
        Raw(orders: 44 lines, 0 planned faults)
        """
        frame = getattr(self, schema(table).table)
        rng = stream(self.settings.seed, "raw", 0, TABLES.index(table))
        faults = Faults() if faults is None else faults
        return make_raw(schema(table), frame, self._offset(table), self.settings.begin, faults, rng)

    def export(self, folder: str | Path) -> Path:
        """Write `tables/*.parquet` and `raw/*` as `datasets/` has them; returns the folder."""
        return export(self, Path(folder))

    def to_parquet(self, folder: str | Path) -> Path:
        """Write every table as `<table>.parquet`, block by block in bounded memory.

        Files appear when all are complete, and replace those of an earlier run. Returns the folder.
        """
        return stream_parquet(self, Path(folder))

    def serve(
        self,
        tables: str | tuple[str, ...] = ("orders",),
        faults: Faults | None = None,
        busy_every: int | None = 40,
        fail_every: int | None = 13,
        page: int = 250,
        retry_after: int = 1,
    ) -> "Server":
        """Serve raw exports over HTTP from a thread of this process, on a free port of 127.0.0.1 (see `api`).

        Every `busy_every`-th request is told to come again after `retry_after` seconds, every `fail_every`-th
        fails (None: never); a page has `page` records unless the client says otherwise.

        >>> with Store(users=50, days=30).serve() as server:
        ...     print(server.tables)
        ('orders',)
        """
        from dataml_lab.store.api import Weather, check, serve

        check("serve", busy_every=busy_every, fail_every=fail_every, page=page, retry_after=retry_after)
        names = (tables,) if isinstance(tables, str) else tables
        raws = {table: self.raw(table, faults) for table in names}
        return serve(raws, Weather(busy_every, fail_every, retry_after), page)

    def database(
        self,
        tables: str | tuple[str, ...] = ("activity", "users", "orders"),
        until: Date | None = None,
        late: float = 0.0,
    ) -> "Database":
        """Tables in a PostgreSQL database, as they are before the day `until` (None: at the end; see `postgres`).

        A share `late` of the rows that have a `received_at` arrives 1 to 4 days after they are complete.
        The server is started for it, or is that of the DSN in the environment variable DATAML_LAB_POSTGRES.

        >>> with Store(users=50, days=30).database("orders") as database, database.connect() as connection:
        ...     connection.execute("select count(*) from orders").fetchone()
        (44,)
        """
        from dataml_lab.store.postgres import Database

        if not 0 <= late <= 1:
            raise ValueError(f"database(late={late!r}): a share from 0 to 1 is needed")
        return Database(self, (tables,) if isinstance(tables, str) else tables, until, late)

    def topic(self, table: str = "orders", faults: Faults | None = None, partitions: int = 4) -> "Topic":
        """The raw export of a table in a topic on the Kafka protocol, keyed by user, in the order of arrival.

        The broker is started for it, or is that of the bootstrap servers in the environment variable
        DATAML_LAB_KAFKA (see `broker`). Our own holds 5 MiB per partition: ValueError if that's too little.

        >>> with Store(users=50, days=30).topic(faults=Faults.none()) as topic:
        ...     print(len(topic))
        44
        """
        from dataml_lab.store.broker import Topic

        return Topic(self.raw(table, faults), partitions)

    def webhooks(
        self,
        url: str,
        secret: str,
        table: str = "orders",
        faults: Faults | None = None,
        repeated: float = 0.02,
        displaced: float = 0.05,
        reach: int = 20,
        tries: int = 5,
        pause: float = 0.05,
        timeout: float = 5.0,
    ) -> "Webhooks":
        """The raw export of a table as signed POSTs to a URL (see `webhooks`); `send()` pushes them.

        Shares `repeated` and `displaced` of the events are pushed again and out of order, up to `reach` places
        later. A push that fails is tried again, `tries` POSTs in all, after `pause` seconds, then twice as long.

        >>> Store(users=50, days=30).webhooks("http://127.0.0.1/events", "secret", repeated=0)
        Webhooks(44 pushes to http://127.0.0.1/events)
        """
        from dataml_lab.store.webhooks import Push, Webhooks, check, deliveries

        check(url, repeated=repeated, displaced=displaced, reach=reach, tries=tries, pause=pause, timeout=timeout)
        raw, rng = self.raw(table, faults), stream(self.settings.seed, "webhooks", 0, TABLES.index(table))
        return Webhooks(deliveries(raw, rng, repeated, displaced, reach), Push(url, secret, tries, pause, timeout))

    def crm(self, busy_every: int | None = 7, fail_every: int | None = 11) -> "Crm":
        """The system in which the shop looks after its customers; it takes their segments (see `crm`).

        Every `busy_every`-th request is told to come again, every `fail_every`-th fails (None: never).

        >>> with Store(users=50, days=30).crm() as crm:
        ...     crm.segments
        {}
        """
        from dataml_lab.store.api import Weather, check
        from dataml_lab.store.crm import Crm

        check("crm", busy_every=busy_every, fail_every=fail_every)
        return Crm(set(self.users["user_id"]), Weather(busy_every, fail_every, retry_after=0))

    @cached_property
    def _world(self) -> World:
        shifts = {"covariate_from": self.settings.covariate_shift, "concept_from": self.settings.concept_shift}
        moments = {name: NEVER if day is None else midnight(name, day) for name, day in shifts.items()}
        return make_world(self.settings.seed, self.settings.begin, self.settings.end, **moments)

    @cached_property
    def _frames(self) -> dict[str, pd.DataFrame]:
        parts: dict[str, list[pd.DataFrame]] = {}
        for tables in self.blocks():
            for name, frame in tables.items():
                parts.setdefault(name, []).append(frame)
        shared = {"truth.products": self._world.product_truth, "truth.couriers": self._world.couriers}
        return shared | {name: pd.concat(parts.pop(name), ignore_index=True) for name in list(parts)}

    def _offset(self, table: str) -> np.ndarray:
        """Seconds the clock that writes each row is ahead of UTC: the user's country's, or UTC."""
        frame = getattr(self, table)
        if "user_id" in frame:
            user = frame["user_id"].to_numpy()
        elif "order_id" in frame:
            orders = self._frames["orders"].set_index("order_id")["user_id"]
            user = orders.loc[frame["order_id"]].to_numpy()
        else:
            return np.zeros(len(frame), np.int64)
        hours = np.array([hours for _, hours in true.COUNTRIES.values()])
        return hours[self._frames["users"]["country"].cat.codes.to_numpy()[user - 1]] * 3600
