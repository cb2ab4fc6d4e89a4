"""How long the Store takes and how much memory, by size: `python benchmarks/store.py [--events 10000000]`.

Each measurement runs in a process of its own, so that its peak of memory is its own.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EVENTS_PER_USER = 112  # of a Store of 180 days
IN_MEMORY = 20_000_000  # events beyond which a Store is only streamed


def measure(task: str, users: int) -> None:
    """Run one task in this process; prints events, seconds, peak memory (MiB) and bytes written."""
    from dataml_lab.store import Store

    begun, store, size = time.perf_counter(), Store(users=users), 0
    if task == "tables":
        events = len(store.activity)
    elif task == "raw orders":
        events = len(store.raw("orders").lines)
    else:
        with tempfile.TemporaryDirectory() as folder:
            store.to_parquet(folder)
            size = sum(file.stat().st_size for file in Path(folder).iterdir())
            events = parquet_rows(Path(folder) / "activity.parquet")
    unit = 1024**2 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(events, time.perf_counter() - begun, peak, size)


def parquet_rows(path: Path) -> int:
    """The number of rows of a Parquet file."""
    from pyarrow import parquet

    return parquet.ParquetFile(path).metadata.num_rows


def in_process(task: str, users: int) -> list[float]:
    """The figures of a task measured in a process of its own."""
    command = [sys.executable, __file__, "--task", task, "--users", str(users)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [float(figure) for figure in out.split()]


def main() -> None:
    """Print a row per task and size; the ratio is to the size before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000, help="activity events of the largest Store")
    parser.add_argument("--task", help=argparse.SUPPRESS)
    parser.add_argument("--users", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.task:
        measure(chosen.task, chosen.users)
        return
    print(f"{'task':<11}{'rows':>13}{'seconds':>9}{'× time':>8}{'peak MiB':>10}{'× peak':>8}{'MB on disk':>12}")
    for task in ("raw orders", "tables", "to_parquet"):
        before = None
        for events in sorted({224_000, 2_240_000, chosen.events}):
            if task != "to_parquet" and events > IN_MEMORY:
                continue
            rows, seconds, peak, size = in_process(task, events // EVENTS_PER_USER)
            ratios = [seconds / before[0], peak / before[1]] if before else [1, 1]
            print(
                f"{task:<11}{rows:>13,.0f}{seconds:>9.2f}{ratios[0]:>8.1f}{peak:>10,.0f}{ratios[1]:>8.1f}"
                f"{size / 1e6:>12,.1f}",
                flush=True,
            )
            before = seconds, peak


if __name__ == "__main__":
    main()
