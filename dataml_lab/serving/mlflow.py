"""MLflow's registry, as companies run it, behind the same names as our own.

It wants libraries of its own (0.85 GB), and so runs in another Python environment, in a process that starts with its
first use, in some seconds, and ends with the notebook. Versions and aliases are MLflow's, in its own database, so that
its pages and clients show them. It has no history: a change is kept as a tag of the model, before the alias moves.
"""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from dataml_lab.pipeline.push import open_sqlite
from dataml_lab.serving import mlflow_process
from dataml_lab.serving.registry import CHAMPION, Change, Registrar, RegistryError, now, told, unknown
from dataml_lab.serving.saved import Model
from dataml_lab.store.elsewhere import Elsewhere
from dataml_lab.store.sidecar import Sidecar

MLFLOW = Elsewhere("MLflow", "mlflow", "0.85 GB")
missing, version = MLFLOW.missing, MLFLOW.version


def started() -> Sidecar:
    """A process that runs MLflow, which several registries may share; RegistryError where MLflow is missing."""
    if lacking := missing():
        raise RegistryError(lacking)
    return MLFLOW.start(mlflow_process.__file__)


class MlflowRegistry(Registrar):
    """A registry in a folder: a folder for each version, and MLflow's database. It fills `Registry`.

    It is safe under several writers that use this class, which take turns. An alias that somebody moved with MLflow
    itself is where they moved it.
    """

    def __init__(self, folder: str | Path, process: Sidecar | None = None) -> None:
        super().__init__(folder)
        self._process, self._shares = process, process is not None

    def close(self) -> None:
        """See `Registry.close`; a process that is shared runs on."""
        if self._process is not None and not self._shares:
            self._process.stop()

    def versions(self, name: str) -> list[int]:
        """See `Registry.versions`."""
        return sorted(dict(self._ask("versions", name=name)))

    def history(self, name: str, alias: str = CHAMPION) -> list[Change]:
        """See `Registry.history`."""
        found = self._ask("changes", name=name, alias=alias)
        kept = [Change(*json.loads(found["kept"][number])) for number in sorted(found["kept"])]
        return settled(kept, found["version"])

    def _digest(self, name: str, version: int) -> str:
        found = dict(self._ask("versions", name=name))
        return found[version] if version in found else unknown(name, version, sorted(found))

    def _record(self, writer: object, model: Model) -> None:
        source = self.path(model.name, model.version).as_uri()
        given = self._ask("record", name=model.name, source=source, digest=model.digest)
        if given != model.version:
            raise RegistryError(f"{self.folder}: MLflow counts version {given} of {model.name}, where {model.version} "
                                "is the next: add versions with this class only")

    def _append(self, writer: object, name: str, alias: str, number: int, version: int, below: int) -> None:
        changes = [*self.history(name, alias), Change(version, below, now())]
        for place in range(number, 0, -1)[:2][::-1]:  # the last one too, which may be of MLflow itself
            self._ask("keep", name=name, alias=alias, number=f"{place:06}", text=json.dumps(changes[place - 1]))
        self._ask("move", name=name, alias=alias, version=version)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """The only writer: MLflow itself has no lock."""
        path = self.folder / "writers.db"
        with told(path), closing(open_sqlite(path, "registry")) as writer:
            writer.execute("BEGIN IMMEDIATE")
            yield

    def _ask(self, command: str, **arguments: Any) -> Any:
        """What MLflow answers to a command."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return self._running().ask(command, folder=self.folder.as_posix(), **arguments)
        except (RuntimeError, OSError) as error:
            raise RegistryError(f"{self.folder}: MLflow: {error}") from error

    def _running(self) -> Sidecar:
        """The process, which is started if need be."""
        if self._process is None or not self._process.alive:
            self._process, self._shares = started(), False
        return self._process


def settled(kept: list[Change], version: int | None) -> list[Change]:
    """The changes that have happened: of those kept, the last has not if the alias is where it was before, and one more
    has, at an unknown moment, if the alias is somewhere else.

    >>> first, second = Change(1, 0, "2026-03-01"), Change(2, 1, "2026-03-02")
    >>> settled([first, second], 2) == [first, second], settled([first, second], 1) == [first], settled([first], None)
    (True, True, [])
    >>> settled([first, second], 3)[2:]
    [Change(version=3, below=2, at='')]
    """
    for happened in (kept, kept[:-1]):
        if version == (happened[-1].version if happened else None):
            return happened
    return kept if version is None else [*kept, Change(version, len(kept), "")]
