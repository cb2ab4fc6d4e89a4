"""A registry of models: versions that never change, and aliases such as "champion" that point at one of them.

A server asks for an alias, so that a promotion or a way back is one row, and no file moves. Writers take turns. What
is killed at any step has happened or hasn't: a version is listed when its folder is whole, and an alias moves with the
row of its history.
"""

import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Protocol, Self

from dataml_lab.pipeline.durable import storage_errors
from dataml_lab.pipeline.ingest import IngestError
from dataml_lab.pipeline.push import open_sqlite, sqlite_errors
from dataml_lab.serving.saved import NAME, Model, ModelError, load, remove, save
from dataml_lab.serving.schema import Schema

CHAMPION, FILE = "champion", "registry.db"
LEFT = re.compile(r"\d+|\.\d+-[0-9a-f]{32}")  # a version's folder, and what `save` writes before it has that name
LOOKS_LIKE_A_VERSION = re.compile(r"v?\d+|latest")
TABLES = (
    """CREATE TABLE IF NOT EXISTS versions (name TEXT, version INTEGER, digest TEXT, at TEXT,
       PRIMARY KEY (name, version))""",
    """CREATE TABLE IF NOT EXISTS changes (name TEXT, alias TEXT, number INTEGER, version INTEGER, below INTEGER,
       at TEXT, PRIMARY KEY (name, alias, number))""",
)


class RegistryError(ModelError):
    """A model, version or alias isn't there, or could not be kept; what the registry held before it still holds."""


class Change(NamedTuple):
    """A move of an alias to a version, at a moment (UTC, ISO 8601). `below` is the number of the change that a way back
    from it leads to, counted from 1; 0 is none."""

    version: int
    below: int
    at: str


class Registry(Protocol):
    """What a registry does, whoever made it. Versions of a name are whole numbers from 1 on, without a gap.

    ValueError says what is wrong with an argument, RegistryError what the registry could not do.
    """

    def add(self, name: str, estimator: Any, schema: Schema, trusted: Iterable[str] = ()) -> int:
        """Saves a fitted estimator, see `save`, as the next version of a name, and returns that."""

    def versions(self, name: str) -> list[int]:
        """The versions of a name, the oldest first; none for a name that isn't known."""

    def load(self, name: str, which: int | str = CHAMPION, trusted: Iterable[str] = ()) -> Model:
        """A version, by its number or an alias, see `load`. RegistryError too if it is not what was added."""

    def promote(self, name: str, version: int, alias: str = CHAMPION) -> None:
        """Points an alias at a version; where it points there already, nothing changes."""

    def roll_back(self, name: str, alias: str = CHAMPION, of: int | None = None) -> int:
        """Points an alias where it pointed before its version was promoted, and returns that version.

        A second time it goes one further back, and doesn't return. With `of`, only if the alias points at that version:
        of two who take back the same, one is refused, instead of going too far.
        """

    def current(self, name: str, alias: str = CHAMPION) -> int:
        """The version that an alias points at."""

    def history(self, name: str, alias: str = CHAMPION) -> list[Change]:
        """All moves of an alias, the oldest first; none for an alias that isn't known."""

    def close(self) -> None:
        """Lets go of files and processes; what is kept stays."""


class Registrar:
    """What registries share: a folder with a folder for each version, and the rules of promotion. A subclass keeps
    versions and changes, and lets one writer in at a time."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).resolve()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.folder)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """See `Registry.close`."""

    def add(self, name: str, estimator: Any, schema: Schema, trusted: Iterable[str] = ()) -> int:
        """See `Registry.add`."""
        named(name)
        with self._writing() as writer:
            version = len(self.versions(name)) + 1
            self._clear(name)
            self._record(writer, save(self.path(name, version), estimator, schema, name, version, trusted))
        return version

    def load(self, name: str, which: int | str = CHAMPION, trusted: Iterable[str] = ()) -> Model:
        """See `Registry.load`."""
        version = self.current(name, which) if isinstance(which, str) else which
        expected = self._digest(name, version)
        found = load(self.path(name, version), trusted)
        if found.digest != expected:
            raise RegistryError(f"{self.path(name, version)}: the folder is not what was added as {name} {version}: "
                                "restore it, or roll back to another version")
        return found

    def promote(self, name: str, version: int, alias: str = CHAMPION) -> None:
        """See `Registry.promote`."""
        named(alias)
        with self._writing() as writer:
            self._digest(name, version)
            changes = self.history(name, alias)
            if not changes or changes[-1].version != version:
                self._append(writer, name, alias, len(changes) + 1, version, below=len(changes))

    def roll_back(self, name: str, alias: str = CHAMPION, of: int | None = None) -> int:
        """See `Registry.roll_back`."""
        with self._writing() as writer:
            changes = self.history(name, alias)
            last = of_alias(name, alias, changes)
            if of not in (None, last.version):
                raise RegistryError(f"{name}: {alias} is version {last.version}, and not {of}: it was moved meanwhile")
            if not last.below:
                raise RegistryError(f"{name}: {alias} is version {last.version}, and no version was it before")
            version, below, _ = changes[last.below - 1]
            self._append(writer, name, alias, len(changes) + 1, version, below)
        return version

    def current(self, name: str, alias: str = CHAMPION) -> int:
        """See `Registry.current`."""
        return of_alias(name, alias, self.history(name, alias)).version

    def path(self, name: str, version: int) -> Path:
        """The folder of a version."""
        return self.folder / "models" / name / str(version)

    def _clear(self, name: str) -> None:
        """Removes what writers left that were killed: folders of `save` that are no version's."""
        known = set(map(str, self.versions(name)))
        with storage_errors(RegistryError, self.folder):
            for folder in self.path(name, 0).parent.glob("*"):
                if LEFT.fullmatch(folder.name) and folder.name not in known:
                    remove(folder)


class LocalRegistry(Registrar):
    """A registry in a folder: a folder for each version, and SQLite. It fills `Registry`.

    Threads may share one, and processes a folder. Readers never wait; a writer waits for others up to 10 s.

    >>> import tempfile
    >>> import pandas as pd
    >>> from sklearn.dummy import DummyRegressor
    >>> table = pd.DataFrame({"amount": [1.0, 2.0]})
    >>> with tempfile.TemporaryDirectory() as folder, LocalRegistry(folder) as registry:
    ...     for y in ([1, 3], [1, 5]):
    ...         version = registry.add("spend", DummyRegressor().fit(table, y), Schema.of(table))
    ...         registry.promote("spend", version)
    ...     print(registry.load("spend"), registry.load("spend").score(table))
    ...     registry.roll_back("spend"), [change.version for change in registry.history("spend")]
    spend 2: DummyRegressor of amount [3. 3.]
    (1, [1, 2, 1])
    """

    def __init__(self, folder: str | Path) -> None:
        super().__init__(folder)
        self._file, self._lock = self.folder / FILE, threading.Lock()
        with told(self._file):
            self._reader = open_sqlite(self._file, "registry")
            for table in TABLES:
                self._reader.execute(table)

    def close(self) -> None:
        """See `Registry.close`."""
        self._reader.close()

    def versions(self, name: str) -> list[int]:
        """See `Registry.versions`."""
        return [version for version, in self._ask("SELECT version FROM versions WHERE name = ? ORDER BY version", name)]

    def history(self, name: str, alias: str = CHAMPION) -> list[Change]:
        """See `Registry.history`."""
        return list(map(Change._make, self._ask(
            "SELECT version, below, at FROM changes WHERE name = ? AND alias = ? ORDER BY number", name, alias)))

    def _digest(self, name: str, version: int) -> str:
        found = self._ask("SELECT digest FROM versions WHERE name = ? AND version = ?", name, version)
        return found[0][0] if found else unknown(name, version, self.versions(name))

    def _record(self, writer: sqlite3.Connection, model: Model) -> None:
        writer.execute("INSERT INTO versions VALUES (?, ?, ?, ?)", (model.name, model.version, model.digest, now()))

    def _append(self, writer: sqlite3.Connection, name: str, alias: str, number: int, version: int, below: int) -> None:
        writer.execute("INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?)", (name, alias, number, version, below, now()))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A connection of the only writer, whose changes are kept when the block ends well."""
        with told(self._file), closing(open_sqlite(self._file, "registry")) as writer:
            writer.execute("BEGIN IMMEDIATE")
            with writer:
                yield writer

    def _ask(self, sql: str, *values: object) -> list[tuple]:
        with self._lock, told(self._file):
            return self._reader.execute(sql, values).fetchall()


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns what SQLite says of a file into RegistryError."""
    try:
        with sqlite_errors(path, "registry"):
            yield
    except IngestError as error:
        raise RegistryError(str(error)) from error


def named(name: str) -> None:
    """ValueError for what is no name of a model or an alias."""
    if not NAME.fullmatch(name) or LOOKS_LIKE_A_VERSION.fullmatch(name):
        raise ValueError(f"{name!r} is no name of small letters, digits and _ that begins with a letter, and is no "
                         "version, such as v3 or latest")


def of_alias(name: str, alias: str, changes: list[Change]) -> Change:
    """The last change of an alias; RegistryError without one."""
    if not changes:
        raise RegistryError(f"{name} has no {alias}: `promote` a version first")
    return changes[-1]


def unknown(name: str, version: int, known: list[int]) -> NoReturn:
    """RegistryError that says which versions there are."""
    raise RegistryError(f"{name} has no version {version}: " + (f"it has 1 to {known[-1]}" if known else "`add` one"))


def now() -> str:
    """The present moment."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
