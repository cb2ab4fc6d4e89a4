"""The feature store: a view is computed once per moment, and what it gave is what training and serving both read.

Offline is the history, a file of rows (user, as_of, features) for each moment; online is the newest row of each user.
"""

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import pandas as pd
from pyarrow import parquet

from dataml_lab.features.definition import Feature, View, check
from dataml_lab.features.windows import compute
from dataml_lab.pipeline.durable import replacing, storage_errors
from dataml_lab.pipeline.ingest import IngestError
from dataml_lab.pipeline.push import open_sqlite, sqlite_errors
from dataml_lab.pipeline.serve import transaction

SNAPSHOT_AT = "snapshot_at"
MOMENT = "snapshot_us"  # as_of in microseconds: Feast gives back features only, so that the moment must be one
UTC_MICROS = "datetime64[us, UTC]"
EPOCH, TICK = pd.Timestamp(0, tz="UTC"), pd.Timedelta(microseconds=1)
NOT_A_TIME = pd.NaT.value
TABLES = (
    "CREATE TABLE IF NOT EXISTS materialised (view TEXT PRIMARY KEY, until INTEGER)",
    """CREATE TABLE IF NOT EXISTS online (view TEXT, key INTEGER, as_of INTEGER, "values" TEXT,
       PRIMARY KEY (view, key)) WITHOUT ROWID""",
)
MOVE_ON = """
INSERT INTO materialised VALUES (?, ?)
ON CONFLICT (view) DO UPDATE SET until = excluded.until WHERE excluded.until >= until RETURNING until
"""
LOOK_UP = """
SELECT as_of, "values" FROM json_each(?) AS asked
LEFT JOIN online ON view = ? AND online.key = asked.value ORDER BY asked.key
"""


class FeatureStoreError(RuntimeError):
    """A view is unknown, or what the store keeps could not be read or written; what it held before it still holds."""


class FeatureStore(Protocol):
    """What a feature store does, whoever made it. Users are whole numbers, moments have a time zone.

    Features are float64, with NaN where there is nothing; beside them, `snapshot_at` (datetime64[us, UTC]) says of
    what moment they are: NaT where no snapshot holds the user. ValueError says what is wrong with an argument,
    FeatureStoreError what the store could not do.
    """

    def register(self, view: View) -> None:
        """Makes the view known by its name, for good; the same again changes nothing.

        Raises FeatureStoreError when the name stands for another definition.
        """

    def snapshot(self, name: str, events: pd.DataFrame, users: Iterable[int], as_of: Any) -> None:
        """Computes the view for these users at a moment, and keeps that in place of what was kept of them for it.

        A snapshot holds what occurred strictly before its moment, so that a backfill is a loop over moments. Users
        who are not named keep what they have: no row of the history goes.
        """

    def historical(self, name: str, rows: pd.DataFrame, max_age_days: int | None = None) -> pd.DataFrame:
        """The rows (a user, a moment `as_of`, and whatever else) with the features known of the user at the moment.

        These are the newest snapshot's at or before `as_of`, which are those that a server would have read; one that
        is older than `max_age_days` (from 1 on; None is for ever) counts for nothing. Index, order and number of the
        rows stay.
        """

    def materialise(self, name: str, until: Any) -> None:
        """Puts each user's newest snapshot at or before `until` online: all of them or, if it fails, none.

        An `until` before that of an earlier call changes nothing: what is online never goes back.
        """

    def online(self, name: str, users: Iterable[int]) -> pd.DataFrame:
        """What is online of these users: a row for each, in the order asked, as `historical` would give it."""

    def close(self) -> None:
        """Lets go of files and processes; what is kept stays."""


class History:
    """The offline half of a store: its views, and for each of them a folder of snapshots in Parquet."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.folder)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """See `FeatureStore.close`."""

    def register(self, view: View) -> None:
        """See `FeatureStore.register`."""
        path, text = self._definition(usable(view).name), json.dumps(view)
        with storage_errors(FeatureStoreError, path):
            if not path.exists():
                self._write(view, "none", pd.DataFrame(columns=columns(view)))  # a history has columns from the start
                with replacing(path) as temporary:
                    temporary.write_text(text, "utf-8")
            elif path.read_text("utf-8") != text:
                raise FeatureStoreError(
                    f"{path}: {view.name!r} is registered with another definition, and its snapshots were computed "
                    f'with that: register the new one under a new name, such as "{view.name}_2"'
                )

    def view(self, name: str) -> View:
        """The view registered under the name; FeatureStoreError without one."""
        path = self._definition(name)
        if not path.exists():
            raise FeatureStoreError(f"{self.folder}: no view {name!r} is registered there: `register` it first")
        with storage_errors(FeatureStoreError, path):
            called, features, *rest = json.loads(path.read_text("utf-8"))
        return View(called, tuple(as_defined(Feature(*values)) for values in features), *rest)

    def snapshot(self, name: str, events: pd.DataFrame, users: Iterable[int], as_of: Any) -> None:
        """See `FeatureStore.snapshot`."""
        view, at = self.view(name), moment(as_of)
        rows = pd.DataFrame({view.key: whole(users).unique()}).assign(as_of=at).astype({"as_of": UTC_MICROS})
        frame = rows.assign(**{MOMENT: micros(at)}).join(compute(view, events, rows))
        self._write(view, f"{at:%Y%m%dT%H%M%S.%fZ}", frame)

    def snapshots(self, name: str) -> Path:
        """The folder of a view's snapshots, a file for each moment."""
        return self.folder / name / "snapshots"

    def rows(self, name: str) -> pd.DataFrame:
        """All snapshots of a view, in the order of their moments: its key, as_of, features."""
        names = [name for name in columns(self.view(name)) if name != MOMENT]
        with storage_errors(FeatureStoreError, self.snapshots(name)):
            files = sorted(self.snapshots(name).glob("*.parquet"))
            return parquet.read_table(files, columns=names).to_pandas().sort_values("as_of", ignore_index=True)

    def _write(self, view: View, stem: str, frame: pd.DataFrame) -> None:
        """Puts rows in a file of the history, in place of the same users'; a column always has the same type."""
        path = self.snapshots(view.name) / f"{stem}.parquet"
        with storage_errors(FeatureStoreError, path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                kept = pd.read_parquet(path)
                frame = pd.concat([kept[~kept[view.key].isin(frame[view.key])], frame])
            with replacing(path) as temporary:
                frame.astype(columns(view)).to_parquet(temporary, index=False)

    def _definition(self, name: str) -> Path:
        return self.folder / name / "view.json"


class LocalStore(History):
    """A feature store in a folder: Parquet files offline, SQLite online. It fills `FeatureStore`.

    >>> import tempfile
    >>> from datetime import UTC, datetime
    >>> events = pd.DataFrame({"user_id": [7], "occurred_at": [datetime(2025, 3, 1, tzinfo=UTC)]})
    >>> with tempfile.TemporaryDirectory() as folder, LocalStore(folder) as store:
    ...     store.register(View("orders", (Feature("orders_30d", "count", days=30),)))
    ...     store.snapshot("orders", events, users=[7], as_of=datetime(2025, 3, 2, tzinfo=UTC))
    ...     store.materialise("orders", until=datetime(2025, 3, 5, tzinfo=UTC))
    ...     store.online("orders", [7, 8])
       user_id  orders_30d               snapshot_at
    0        7         1.0 2025-03-02 00:00:00+00:00
    1        8         NaN                       NaT
    """

    def __init__(self, folder: str | Path) -> None:
        super().__init__(folder)
        self._path, self._lock = self.folder / "online.db", threading.Lock()
        with told():
            self._connection = open_sqlite(self._path, "feature store")
        for table in TABLES:
            self._ask(table)

    def close(self) -> None:
        """See `FeatureStore.close`."""
        self._connection.close()

    def historical(self, name: str, rows: pd.DataFrame, max_age_days: int | None = None) -> pd.DataFrame:
        """See `FeatureStore.historical`."""
        view, history = self.view(name), self.rows(name)
        asked, days = asked_rows(view, rows), limit(max_age_days)
        found = newest(history, asked, view.key)
        return beside(rows, fresh(found[[*view.names, SNAPSHOT_AT]], asked["as_of"], days))

    def materialise(self, name: str, until: Any) -> None:
        """See `FeatureStore.materialise`."""
        history, end = self.rows(name), moment(until)
        latest = history[history["as_of"] <= end].drop_duplicates(self.view(name).key, keep="last")
        with self._lock, told(), sqlite_errors(self._path, "feature store"), transaction(self._connection):
            if self._connection.execute(MOVE_ON, (name, micros(end))).fetchall():
                rows = latest.assign(as_of=latest["as_of"].astype("int64")).itertuples(index=False)
                put = ((name, key, at, json.dumps(values)) for key, at, *values in rows)
                self._connection.executemany("INSERT OR REPLACE INTO online VALUES (?, ?, ?, ?)", put)

    def online(self, name: str, users: Iterable[int]) -> pd.DataFrame:
        """See `FeatureStore.online`."""
        view, keys = self.view(name), whole(users)
        found = self._ask(LOOK_UP, json.dumps(keys.tolist()), name)
        nothing = [float("nan")] * len(view.features)
        values = [json.loads(text) if text else nothing for _, text in found]
        return looked_up(view, keys, values, [at for at, _ in found])

    def _ask(self, sql: str, *values: object) -> list[tuple]:
        with self._lock, told(), sqlite_errors(self._path, "feature store"):
            return self._connection.execute(sql, values).fetchall()


# Arguments


def as_defined(feature: Feature) -> Feature:
    """The feature that JSON has made lists of."""
    return feature._replace(where=feature.where and tuple(feature.where))


def usable(view: View) -> View:
    """The view itself; ValueError where it can't be computed, or its names are not fit for folders and columns."""
    names = [view.name, *check(view).names]
    wrong = [name for name in names if not (name.isascii() and name.isidentifier())]
    if wrong:
        raise ValueError(f"{view.name}: {wrong[0]!r} is no name of letters, digits and _ that starts with a letter")
    if taken := {view.key, "as_of", "place", SNAPSHOT_AT, MOMENT}.intersection(view.names):
        raise ValueError(f"{view.name}: the store has a column {min(taken)!r} of its own: call the feature otherwise")
    return view


def moment(at: Any) -> pd.Timestamp:
    """A moment in UTC, to the microsecond; ValueError if it is none or has no time zone."""
    found = pd.Timestamp(at)
    if pd.isna(found) or found.tz is None:
        raise ValueError(f"{at!r} is no moment with a time zone, such as 2025-03-01T00:00:00+00:00")
    return found.tz_convert("UTC").floor("us").as_unit("us")


def columns(view: View) -> dict[str, str]:
    """The columns of a snapshot, and their types."""
    own = {view.key: "int64", "as_of": UTC_MICROS, MOMENT: "int64"}
    return {**own, **dict.fromkeys(view.names, "float64")}


def micros(at: pd.Timestamp) -> int:
    """A moment as whole microseconds since 1970."""
    return (at - EPOCH) // TICK


def whole(users: Any) -> pd.Index:
    """Users as int64; ValueError for what is no whole number."""
    keys = pd.Index(users if hasattr(users, "__len__") else list(users))
    if len(keys) and (not pd.api.types.is_integer_dtype(keys.dtype) or keys.hasnans):
        raise ValueError(f"{keys.dtype} {keys[:3].tolist()}: users are whole numbers, and none is missing")
    return keys.astype("int64")


def asked_rows(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Who is asked for, and as of which moment, in UTC; ValueError saying what is wrong with the rows."""
    needed = [view.key, "as_of"]
    if absent := [name for name in needed if name not in rows.columns]:
        raise ValueError(f"rows: no column {absent[0]!r}: {view.key!r} and 'as_of' say whose features, and of when")
    if clash := [name for name in [*view.names, SNAPSHOT_AT] if name in rows.columns]:
        raise ValueError(f"rows: there is a column {clash[0]!r} already: leave it out, the store adds it")
    at = rows["as_of"]
    if not isinstance(at.dtype, pd.DatetimeTZDtype) or at.isna().any():
        raise ValueError(f"rows: as_of ({at.dtype}) must be moments with a time zone, none missing: tz_localize them")
    return pd.DataFrame({view.key: whole(rows[view.key]), "as_of": at.dt.floor("us").astype(UTC_MICROS).array})


def limit(max_age_days: int | None) -> int | None:
    """How many days old a snapshot may be; ValueError for no whole number from 1 on: Feast takes no part of a day."""
    if max_age_days is not None and (not isinstance(max_age_days, int) or max_age_days < 1):
        raise ValueError(f"max_age_days={max_age_days!r}: a whole number from 1 on is needed, or None for no limit")
    return max_age_days


# Answers


def newest(history: pd.DataFrame, asked: pd.DataFrame, key: str) -> pd.DataFrame:
    """For each row asked for the newest snapshot of its user at or before its moment, in the order asked."""
    history = history.rename(columns={"as_of": SNAPSHOT_AT})
    in_time = asked.sort_values("as_of", kind="stable").rename_axis("place").reset_index()
    found = pd.merge_asof(in_time, history, left_on="as_of", right_on=SNAPSHOT_AT, by=key)
    return found.sort_values("place", ignore_index=True)


def fresh(found: pd.DataFrame, as_of: pd.Series, max_age_days: int | None) -> pd.DataFrame:
    """What was found, without what is older than so many days at the moment (None: all)."""
    if max_age_days is None:
        return found
    return found.where(as_of - found[SNAPSHOT_AT] <= pd.Timedelta(days=max_age_days))


def beside(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The rows with what was found for each as further columns."""
    return pd.concat([rows, found.set_axis(rows.index)], axis="columns")


def looked_up(view: View, keys: pd.Index, values: list[list], moments: list[int | None]) -> pd.DataFrame:
    """The answer of `online`, from a list of values and the microseconds of the snapshot for each user."""
    found = pd.DataFrame(np.array(values, "float64").reshape(-1, len(view.features)), columns=view.names)
    at = np.array([NOT_A_TIME if at is None else at for at in moments], "int64").view("datetime64[us]")
    found[SNAPSHOT_AT] = pd.DatetimeIndex(at).tz_localize("UTC")
    found.insert(0, view.key, keys)
    return found


@contextmanager
def told() -> Iterator[None]:
    """Turns what the pipeline's SQLite says into FeatureStoreError."""
    try:
        yield
    except IngestError as error:
        raise FeatureStoreError(str(error)) from error
