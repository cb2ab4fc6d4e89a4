"""The endpoint of a model as a server: in a thread of this process, or in processes of their own.

`python -m dataml_lab.serving FOLDER [--name fraud] [--workers 2]` serves the model that a folder holds, or, with a
name, the champion of a registry, until SIGTERM or SIGINT.
"""

import gc
import json
import os
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from dataml_lab.serving.app import make_app
from dataml_lab.serving.connection import Impatient
from dataml_lab.serving.metrics import SHARED
from dataml_lab.serving.registry import CHAMPION, FILE, LocalRegistry, Registry, RegistryError
from dataml_lab.serving.saved import Model, load
from dataml_lab.serving.service import USUAL, Newest, Service, Settings, no_model
from dataml_lab.store.http import LocalServer, listening

TOLD = "DATAML_LAB_SERVING"  # what workers are told: a source and settings, as JSON
WORKER = "dataml_lab.serving.serve:worker"
STOP = 10  # seconds that requests under way have when the server is to stop


class Server(LocalServer):
    """A service on a free port of 127.0.0.1, from a thread of this process; `url` says where.

    `stop()`, and the end of a `with`, ends both, once the requests under way are answered.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        super().__init__(make_app(service), http=partial(Impatient, seconds=service.settings.patience))

    def __repr__(self) -> str:
        state = f"serves version {self.service.version or 'none'}" if self.runs else "stopped"
        return f"Server({self.url} {state})"

    def stop(self) -> None:
        self.service.leave()
        super().stop()
        self.service.close()


class Source(NamedTuple):
    """Where a model is: in the folder that `save` made, or, with a name, in the folder of a `LocalRegistry`, where an
    alias says which version, and another one, if it is named, which version is in the shadow."""

    folder: str
    name: str = ""
    alias: str = CHAMPION
    shadow: str = ""

    def service(self, settings: Settings = USUAL) -> Service:
        """A service of it. A registry is opened with the first use, so that what is wrong with it is told."""
        if not self.name:
            return Service(saved_in(self.folder), settings)
        registry = cache(partial(registry_in, self.folder))
        shadow = partial(newest_of, registry, self.name, self.shadow) if self.shadow else no_model
        return Service(partial(newest_of, registry, self.name, self.alias), settings, shadow=shadow)


def registry_in(folder: str) -> LocalRegistry:
    """The registry in a folder; RegistryError without one, which isn't made."""
    if not (Path(folder) / FILE).exists():
        raise RegistryError(f"{folder}: there is no registry: name the folder of a `LocalRegistry`")
    return LocalRegistry(folder)


def promoted(registry: Registry, name: str, alias: str = CHAMPION) -> Newest:
    """The model that an alias points at, for a `Service`, which follows promotions and ways back."""
    return partial(newest_of, lambda: registry, name, alias)


def newest_of(registry: Callable[[], Registry], name: str, alias: str, served: Model | None) -> Model | None:
    """The model that an alias points at; None where it is the one that is served."""
    version = registry().current(name, alias)
    return None if served is not None and served.version == version else registry().load(name, version)


def saved_in(folder: str | Path) -> Newest:
    """The model in a folder, for a `Service`; it is loaded once."""
    def newest(served: Model | None) -> Model | None:
        return load(folder) if served is None else None

    return newest


def worker() -> FastAPI:
    """The application of a worker, whose process was told what it serves. Nothing that is there is collected later."""
    told = json.loads(os.environ[TOLD])
    app = make_app(Source(*told["source"]).service(Settings(*told["settings"])))
    gc.collect()
    gc.freeze()  # the model and its libraries stay: else requests wait while a collection goes through all of them
    return app


def run(source: Source, host: str = "127.0.0.1", port: int = 8000, workers: int = 1,
        settings: Settings = USUAL) -> None:
    """Serves a model by so many processes, until SIGTERM or SIGINT. Then `/ready` answers 503 for the seconds of
    `Settings.notice`, while rows are scored as before, and after that requests under way are answered first. A worker
    that dies is replaced. All workers count together."""
    os.environ[TOLD] = json.dumps({"source": source, "settings": settings})
    config = uvicorn.Config(WORKER, factory=True, workers=workers, log_level="warning",
                            timeout_graceful_shutdown=STOP, http=partial(Impatient, seconds=settings.patience))
    with tempfile.TemporaryDirectory() as counts, listening(host, port) as place:
        print(f"http://{host}:{place.getsockname()[1]}", flush=True)
        if workers == 1:
            uvicorn.Server(config).run([place])
        else:
            os.environ[SHARED] = counts
            Multiprocess(config, [place]).run()
