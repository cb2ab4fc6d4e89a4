"""What works on this machine, and what to do about the rest."""

import importlib
import importlib.metadata
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Examination(NamedTuple):
    """One thing that was tried: it works ("ok"), is broken, or is missing and not needed by everyone."""

    name: str
    state: Literal["ok", "broken", "missing"]
    detail: str

    def __str__(self) -> str:
        return f"{self.state:8}{self.name:24}{self.detail}"


class Trouble(Exception):
    """What is wrong, and what to do about it."""


def examinations(names: Collection[str] = ()) -> Iterator[Examination]:
    """Tries one thing after the other, or only those named, and says of each how it went."""
    for name in names or EXAMINED:
        examine, needed = EXAMINED[name]
        try:
            yield Examination(name, "ok", examine())
        except Trouble as trouble:
            yield Examination(name, "broken" if needed else "missing", str(trouble))


def python() -> str:
    """The version of Python; pip installs the package only where it is new enough."""
    return sys.version.split()[0]


def packages() -> str:
    """Every package of the lock that this system needs, in its pinned version."""
    from packaging.requirements import Requirement

    pins = [Requirement(line) for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines() if line.strip()]
    needed = [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]
    wrong = [f"{pin.name} {_version(pin.name) or 'missing'}, not {pin.specifier}" for pin in needed
             if _version(pin.name) not in pin.specifier]
    if wrong:
        raise Trouble(f"{len(wrong)} differ from the lock, such as {wrong[0]}: `make setup` after `rm .venv/installed`")
    return f"{len(needed)} in their pinned versions"


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def boosting() -> str:
    """LightGBM and XGBoost; the former needs the system's OpenMP library."""
    try:
        importlib.import_module("lightgbm")
        importlib.import_module("xgboost")
    except OSError as error:
        raise Trouble(f"{error}: install OpenMP, on Debian or Ubuntu `apt install libgomp1`, on macOS "
                      "`brew install libomp`") from None
    except ImportError as error:
        raise Trouble(f"{error}: `make setup`") from None
    return "LightGBM and XGBoost import"


def kernel() -> str:
    """A Jupyter kernel that starts and answers."""
    from jupyter_client import KernelManager

    manager = KernelManager(kernel_name="python3", transport_encryption="auto")
    try:
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=30)
        client.stop_channels()
    except Exception as error:
        raise Trouble(f"no kernel starts ({error}): `make setup` after `rm -r .venv`") from None
    finally:
        manager.shutdown_kernel(now=True)
    return "starts and answers"


def scratch() -> str:
    """A folder for temporary files that can be written to."""
    try:
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"x" * 1_000_000)
            file.flush()
    except OSError as error:
        raise Trouble(f"{error}: free some space, or name another folder with TMPDIR") from None
    return tempfile.gettempdir()


def loopback() -> str:
    """A port on this machine that a lesson's servers can listen on."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            return f"127.0.0.1 serves, on port {server.getsockname()[1]}, for example"
    except OSError as error:
        raise Trouble(f"{error}: lessons serve data on 127.0.0.1; allow that in the firewall") from None


def postgres() -> str:
    """A PostgreSQL server that lessons start, or one that is named."""
    from dataml_lab.store import Store

    try:
        with Store(users=5, days=20).database("users") as database, database.connect() as connection:
            return f"version {connection.info.server_version // 10_000} serves"
    except (RuntimeError, OSError) as error:
        raise Trouble(str(error)) from None
    except ImportError as error:
        raise Trouble(f"{error}: `make setup`") from None


def kafka() -> str:
    """A broker on the Kafka protocol that lessons start, or one that is named."""
    from dataml_lab.store import Store

    try:
        with Store(users=5, days=20).topic("users", partitions=1) as topic:
            return f"{topic.servers} holds {len(topic)} records"
    except RuntimeError as error:
        raise Trouble(str(error)) from None
    except ImportError as error:
        raise Trouble(f"{error}: `make setup`") from None


def grading() -> str:
    """nbgrader, and alembic, which it calls."""
    if not shutil.which("alembic"):
        raise Trouble("alembic is not on PATH: use the `dataml-lab` of the environment")
    run = subprocess.run([sys.executable, "-m", "nbgrader", "--version"], capture_output=True, text=True)
    if run.returncode:
        raise Trouble(f"nbgrader doesn't start ({run.stderr.strip()[-200:]}): `make setup`")
    return run.stdout.splitlines()[-1]


def notebooks() -> str:
    """The notebooks of every lesson."""
    from dataml_lab.checks import PARTS

    missing = [lesson for lesson in PARTS if not (ROOT / "notebooks" / lesson / f"{lesson}.ipynb").exists()]
    if missing:
        raise Trouble(f"{', '.join(missing)} missing: `dataml-lab build`, or fetch the course again")
    return ", ".join(PARTS)


def browser() -> str:
    """A Chromium, which the browser tests drive. Students use the browser that they have."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise Trouble("no Chromium; only the browser tests need it: on Debian `apt install chromium`")
    return found


# What lessons can do without, by the name that `make` installs it by: its module, and what uses it. A module says with
# `missing()` what its system lacks, or nothing, and with `version()` what there is.
ENGINES = {
    "dbt": ("dataml_lab.pipeline.dbt", "a section of lesson 01 uses it"),
    "firehose": ("dataml_lab.pipeline.firehose", "a section of lesson 01 uses it"),
    "airflow": ("dataml_lab.pipeline.airflow", "a section of lesson 01 uses it"),
    "flink": ("dataml_lab.streaming.flink", "a section of lesson 02 uses it"),
    "spark": ("dataml_lab.streaming.spark", "sections of lessons 02 and 03 use it"),
    "feast": ("dataml_lab.features.feast", "a section of lesson 03 uses it"),
    "deep": ("dataml_lab.models.deep", "sections of lesson 04 use it"),
    "mlflow": ("dataml_lab.serving.mlflow", "its registry in lesson 07 uses it"),
    "dask": ("dataml_lab.grading.cluster", "grading on a cluster uses it"),
}


def missing(name: str) -> str:
    """What an engine lacks on this machine and how to get it, or nothing: then it can run."""
    return importlib.import_module(ENGINES[name][0]).missing()


def engine(name: str) -> str:
    """An engine, which lessons can do without."""
    module, users = ENGINES[name]
    if needed := missing(name):
        raise Trouble(f"{needed}; only {users}")
    return importlib.import_module(module).version()


EXAMINED: dict[str, tuple[Callable[[], str], bool]] = {
    "Python": (python, True),
    "packages": (packages, True),
    "boosting": (boosting, True),
    "kernel": (kernel, True),
    "temporary files": (scratch, True),
    "loopback": (loopback, True),
    "PostgreSQL": (postgres, True),
    "Kafka": (kafka, True),
    "notebooks": (notebooks, True),
    "grading": (grading, True),
    "Chromium": (browser, False),
    **{name: (partial(engine, name), False) for name in ENGINES},
}
