"""Airflow in a Python of its own: the program that gives it commands, and then lets its scheduler work.

There this package is not: the program needs apache-airflow and the standard library, and nothing else.
"""

import multiprocessing
import os
import secrets
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

LOOK = 0.3  # seconds between looks whether all is done
PATIENCE = 2  # seconds that a server has to end: the keeper waits for ten
LEFT = """
    SELECT (SELECT count(*) FROM dag_run WHERE state IN ('queued', 'running'))
        + (SELECT count(*) FROM dag WHERE next_dagrun_create_after <= datetime('now'))
        + (SELECT count(*) FROM backfill WHERE completed_at IS NULL)
"""


def settings(home: Path, port: int) -> dict[str, str]:
    """What Airflow has to know, for a scheduler that is alone on this machine."""
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),  # by which the servers know each other's tasks
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "1",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


def main(home: str, *commands: str) -> None:
    """Makes Airflow's database if need be, reads the DAGs, gives the commands, and works until nothing is left."""
    signal.signal(signal.SIGQUIT, lambda *_: sys.exit("stopped"))
    port = free_port()
    os.environ.update(settings(Path(home), port))
    # In a process of their own, since Python takes seconds to end after it has imported Airflow.
    given = multiprocessing.get_context("fork").Process(target=give, args=commands, daemon=True)
    given.start()
    given.join()
    if given.exitcode:
        sys.exit("Airflow has refused a command")
    # Tasks tell the scheduler by this server how they go; it has no pages.
    api = ["api-server", "--apps", "execution", "--host", "127.0.0.1", "--port", str(port)]
    with servers(api, ["scheduler", "--skip-serve-logs"]) as running:
        while left(Path(home, "airflow.db")):
            if any(server.poll() is not None for server in running):
                sys.exit("a server of Airflow has ended")
            time.sleep(LOOK)


def free_port() -> int:
    """A port of this machine that is free."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def give(*commands: str) -> None:
    """Does what `airflow` does with each of these commands on the command line, after what is always needed."""
    from airflow.cli.cli_parser import get_parser

    for command in ("db migrate", "dags reserialize", *commands):
        chosen = get_parser().parse_args(shlex.split(command))
        chosen.func(chosen)


@contextmanager
def servers(*commands: list[str]) -> Iterator[list[subprocess.Popen]]:
    """Meanwhile servers of Airflow run; then they end, and the workers that they have started."""
    processes = []
    try:
        for words in commands:
            command = [sys.executable, "-I", "-m", "airflow", *words]
            processes.append(subprocess.Popen(command, start_new_session=True))
        yield processes
    finally:
        for way in (signal.SIGTERM, signal.SIGKILL):
            for process in processes:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, way)
            for process in processes:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(PATIENCE)


def left(database: Path) -> int:
    """How many runs and backfills aren't finished, and how many DAGs have a day to catch up."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as connection:
        ((number,),) = connection.execute(LEFT)
    return number


if __name__ == "__main__":
    main(*sys.argv[1:])
