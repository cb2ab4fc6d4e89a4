"""How long the daily summary takes on millions of orders: `python benchmarks/pipeline.py [--orders 10000000]`.

The orders are the Store's, tiled: each tile is the 8,698 orders of the Store's 2,000 users again, under order and user
ids of its own. Each engine runs in a process of its own: PostgreSQL is the embedded server with the settings that
`dataml_lab.store.postgres` gives it, DuckDB a file with its default settings. Peak memory is that of the process with
the program; PostgreSQL's server is not in it.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from functools import partial
from pathlib import Path

LAST = date(2025, 6, 29)  # of the Store's days
TILES_AT_ONCE = 50
TERMS = """\
Seconds; sizes in MB, memory in MiB. Load: all orders but the last tile, from frames in memory, and a checkpoint. The
orders have no key and no index on either engine, until PostgreSQL gets one on occurred_at; the summary has a key on
PostgreSQL only."""
SHOWN = ("shared_buffers", "work_mem", "jit", "fsync", "full_page_writes", "synchronous_commit", "max_wal_size")


def tiles(orders, first, last):
    """The orders once per tile number from `first` to before `last`, in frames of some tiles each."""
    import pandas as pd

    for start in range(first, last, TILES_AT_ONCE):
        numbers = range(start, min(last, start + TILES_AT_ONCE))
        shifted = [
            orders.assign(order_id=orders["order_id"] + n * len(orders), user_id=orders["user_id"] + n * 2_000)
            for n in numbers
        ]
        yield pd.concat(shifted, ignore_index=True)


def days(count, last=LAST):
    """The days up to `last`, oldest first."""
    return [last - timedelta(n) for n in reversed(range(count))]


class Steps:
    """What is measured, in order; each figure is told on standard error at once and kept, with its rows."""

    def __init__(self, engine):
        self.engine, self.figures = engine, {}

    def __call__(self, name, work):
        begun = time.perf_counter()
        rows = work()
        self.note(name, time.perf_counter() - begun, " s", rows)

    def note(self, name, figure, unit, rows=0):
        self.figures[name] = figure, rows
        told = f", {rows:,} rows written" if rows else ""
        print(f"  {self.engine}: {name}: {figure:,.2f}{unit}{told}", file=sys.stderr, flush=True)


def measure(engine, count):
    """All steps on one engine, in this process; prints the figures as JSON."""
    from dataml_lab.store import Store

    store, step = Store(), Steps(engine)
    number = tile_count(store, count)
    with tempfile.TemporaryDirectory() as folder:
        (on_postgres if engine == "PostgreSQL" else on_duckdb)(store, number, step, Path(folder))
    unit = 1024**2 if sys.platform == "darwin" else 1024
    step.note("peak memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, " MiB")
    print(json.dumps(step.figures))


def tile_count(store, count):
    """How many tiles make about `count` orders."""
    return max(2, count // len(store.orders))


def load_all(frames, step, insert, checkpoint):
    """Load frames; their making is not in the time, the checkpoint is."""
    seconds, rows = 0.0, 0
    for frame in frames:
        begun = time.perf_counter()
        insert(frame)
        seconds, rows = seconds + time.perf_counter() - begun, rows + len(frame)
    begun = time.perf_counter()
    checkpoint()
    step.note("load", seconds + time.perf_counter() - begun, " s", rows)


def summarise(connection, step):
    """The rebuilds, on either engine."""
    from dataml_lab.pipeline import rebuild

    step("first rebuild of one day", lambda: rebuild(connection, [LAST]))
    step("the same day again", lambda: rebuild(connection, [LAST]))
    step("backfill of 30 days", lambda: rebuild(connection, days(30, LAST - timedelta(1))))


def on_postgres(store, number, step, folder):
    """Load with COPY from memory, and rebuild without and with an index."""
    from dataml_lab.pipeline import rebuild
    from dataml_lab.store.postgres import load

    with store.database("orders") as database, database.connect() as connection:
        settings = (f"{name}={connection.execute(f'show {name}').fetchone()[0]}" for name in SHOWN)
        print("  PostgreSQL:", ", ".join(settings), file=sys.stderr)
        connection.execute("truncate orders")
        connection.execute("alter table orders drop constraint orders_pkey")
        frames = tiles(store.orders, 0, number - 1)
        load_all(frames, step, partial(load, connection, "orders"), lambda: connection.execute("checkpoint"))
        step("analyse", lambda: connection.execute("analyze orders") and 0)
        summarise(connection, step)
        load(connection, "orders", next(tiles(store.orders, number - 1, number)))
        step("5 days after late orders", lambda: rebuild(connection, days(5)))
        for table in ("orders", "daily_summary"):
            size = f"select pg_total_relation_size('{table}') / 1e6"
            step.note(f"size of {table}", float(connection.execute(size).fetchone()[0]), " MB")
        step("index on occurred_at", lambda: connection.execute("create index on orders (occurred_at)") and 0)
        step("one day with the index", lambda: rebuild(connection, [LAST]))
        step("5 days with the index", lambda: rebuild(connection, days(5)))


def on_duckdb(store, number, step, folder):
    """Load from frames, and rebuild."""
    from dataml_lab.pipeline import Warehouse, rebuild

    path = folder / "orders.duckdb"
    with Warehouse(path) as warehouse:
        connection = warehouse.connection
        plain = store.orders.astype({"status": "str", "channel": "str"})

        def insert(frame):
            connection.execute("CREATE TABLE IF NOT EXISTS orders AS FROM frame LIMIT 0")
            connection.execute("INSERT INTO orders FROM frame")

        load_all(tiles(plain, 0, number - 1), step, insert, lambda: connection.execute("CHECKPOINT"))
        step.note("size of orders", path.stat().st_size / 1e6, " MB")
        summarise(connection, step)
        insert(next(tiles(plain, number - 1, number)))
        step("5 days after late orders", lambda: rebuild(connection, days(5)))
        connection.execute("CHECKPOINT")
        step.note("size of daily_summary", path.stat().st_size / 1e6 - step.figures["size of orders"][0], " MB")


def in_process(engine, count):
    """The figures of an engine measured in a process of its own."""
    command = [sys.executable, __file__, "--engine", engine, "--orders", str(count)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def main():
    """Print a row per step: both engines' figures, PostgreSQL's as a multiple of DuckDB's, and the rows written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000_000, help="orders in all")
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.engine:
        measure(chosen.engine, chosen.orders)
        return
    from dataml_lab.store import Store

    store = Store()
    made = tile_count(store, chosen.orders) * len(store.orders)
    ours, theirs = (in_process(engine, chosen.orders) for engine in ("PostgreSQL", "DuckDB"))
    print(TERMS)
    print(f"{f'{made:,} orders':<28}{'PostgreSQL':>12}{'DuckDB':>12}{'ratio':>8}{'rows written':>16}")
    for name, (figure, rows) in ours.items():
        other, others = theirs.get(name, (None, rows))
        if rows != others:
            raise SystemExit(f"{name}: PostgreSQL wrote {rows:,} rows, DuckDB {others:,}")
        compared = f"{other:>12,.2f}{figure / other:>8.1f}" if other else " " * 20
        print(f"{name:<28}{figure:>12,.2f}{compared}{f'{rows:,}' if rows else '':>16}".rstrip())


if __name__ == "__main__":
    main()
