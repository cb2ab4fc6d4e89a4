"""dbt in a Python of its own: the program of the process that a `Dbt` talks to (see `store.sidecar`).

There this package is not: the program needs dbt and the standard library, and nothing else.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SILENT = ("--no-version-check", "--no-send-anonymous-usage-stats", "--quiet")


@contextmanager
def commands(project: str) -> Iterator[dict[str, Callable]]:
    """The commands of the process, for the project in a folder, to which nothing is written."""
    sys.stdout = sys.stderr  # what dbt prints must not be taken for an answer
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        folders = {"--project-dir": project, "--profiles-dir": project, "--target-path": work, "--log-path": work}
        words = [word for pair in folders.items() for word in pair]
        yield {"build": lambda **asked: build([*SILENT, *words], **asked)}


def build(words: list[str], target: str, settings: dict[str, str], variables: dict[str, Any]) -> dict[str, str]:
    """Makes the models and runs their tests; how each went, by name. RuntimeError with those that failed, and why."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    os.environ.update(settings)
    try:
        done = dbtRunner().invoke(["build", "--target", target, "--vars", json.dumps(variables), *words])
    finally:
        DuckDBConnectionManager.close_all_connections()  # or it keeps the file from others
    if done.exception:
        raise RuntimeError(str(done.exception))
    if not done.success:
        raise RuntimeError("; ".join(f"{result.node.name}: {result.message}" for result in done.result
                                     if result.status in ("error", "fail")))
    return {result.node.name: str(result.status) for result in done.result}
