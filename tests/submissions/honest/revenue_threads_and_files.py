"""Right, by means that a sandbox may think odd: a pool of threads, a temporary file, a database in memory.

exercise: revenue
deserves: 2
"""

import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor


def cents(order):
    return round(order["total"] * 100)


def revenue(orders):
    done = [order for order in orders if order["status"] == "completed"]
    with ThreadPoolExecutor(4) as pool, tempfile.TemporaryFile("w+") as file, sqlite3.connect(":memory:") as base:
        file.writelines(f"{number}\n" for number in pool.map(cents, done))
        file.seek(0)
        base.execute("CREATE TABLE done (cents INTEGER)")
        base.executemany("INSERT INTO done VALUES (?)", [(int(line),) for line in file])
        return (base.execute("SELECT sum(cents) FROM done").fetchone()[0] or 0) / 100
