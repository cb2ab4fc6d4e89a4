"""Flink in a Python of its own: the program that runs the SQL statements of a file, one after the other.

There this package is not: the program needs apache-flink and the standard library, and nothing else.
"""

import json
import sys
from pathlib import Path

SETTINGS = {
    "parallelism.default": "1",
    "pipeline.auto-watermark-interval": "0 ms",  # a new watermark after each event, not by the clock
    "table.local-time-zone": "UTC",
}


def main(path: str) -> None:
    """Runs the statements of a file, a list in JSON; ends with what Flink says is wrong."""
    from pyflink.table import EnvironmentSettings, TableEnvironment

    table = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    for name, value in SETTINGS.items():
        table.get_config().set(name, value)
    try:
        for statement in json.loads(Path(path).read_text("utf-8")):
            table.execute_sql(statement).wait()
    except Exception as error:
        words = f"{error}".splitlines()
        sys.exit("\n".join(line for line in words if not line.startswith("\t")))  # without the stack of its insides


if __name__ == "__main__":
    main(sys.argv[1])
