"""MLflow in a Python of its own: the program of the process that a `MlflowRegistry` talks to (see `store.sidecar`).

There this package is not: the program needs MLflow and the standard library, and nothing else.
"""

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient


@cache
def client(folder: str) -> "MlflowClient":
    """MLflow's client of the registry in a folder, which is made if need be."""
    from mlflow.tracking import MlflowClient

    place = f"sqlite:///{folder}/mlflow.db"
    return MlflowClient(tracking_uri=place, registry_uri=place)


def versions(folder: str, name: str) -> list[list]:
    """The versions of a model, each with its digest."""
    found = client(folder).search_model_versions(f"name='{name}'", max_results=10_000)
    return [[int(version.version), version.tags["digest"]] for version in found if "digest" in version.tags]


def record(folder: str, name: str, source: str, digest: str) -> int:
    """Makes a folder the next version of a model; returns the number that MLflow gave it."""
    if not model(folder, name):
        client(folder).create_registered_model(name)
    return int(client(folder).create_model_version(name, source, tags={"digest": digest}).version)


def changes(folder: str, name: str, alias: str) -> dict[str, Any]:
    """The version that an alias is of (None: it isn't there), and what is kept of its changes, by number."""
    found = model(folder, name)
    mark = f"{alias}."
    kept = {tag.removeprefix(mark): text for tag, text in (found.tags.items() if found else ()) if tag.startswith(mark)}
    at = found.aliases.get(alias) if found else None
    return {"version": at and int(at), "kept": kept}


def keep(folder: str, name: str, alias: str, number: str, text: str) -> None:
    """Keeps a change of an alias under its number."""
    client(folder).set_registered_model_tag(name, f"{alias}.{number}", text)


def move(folder: str, name: str, alias: str, version: int) -> None:
    """Points an alias at a version."""
    client(folder).set_registered_model_alias(name, alias, str(version))


def model(folder: str, name: str) -> Any:
    """A model as MLflow knows it; None if it doesn't."""
    from mlflow.exceptions import MlflowException

    try:
        return client(folder).get_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return None


@contextmanager
def commands() -> Iterator[dict[str, Callable]]:
    """The commands of the process."""
    sys.stdout = sys.stderr  # what MLflow prints must not be taken for an answer
    warnings.simplefilter("ignore")
    os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true")
    yield {"versions": versions, "record": record, "changes": changes, "keep": keep, "move": move}
