"""A model that is served, and that newer ones replace meanwhile, without a request that fails."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from dataml_lab.serving.metrics import Metrics
from dataml_lab.serving.refusals import Invalid, NotReady
from dataml_lab.serving.saved import Model
from dataml_lab.serving.schema import Schema
from dataml_lab.serving.scorer import Closed, Scorer, scored
from dataml_lab.serving.validate import example, problems

Newest = Callable[[Model | None], Model | None]


class Settings(NamedTuple):
    """Bytes that a body may have, seconds that it may take to come, and that a score may take; rows that may wait; and
    seconds between two looks for a newer model, 0 for none."""

    largest: int = 65_536
    seconds: float = 2.0
    waiting: int = 1_000
    every: float = 2.0


USUAL = Settings()


class Served(NamedTuple):
    """A model, and the thread that it scores in."""

    model: Model
    scorer: Scorer

    @property
    def version(self) -> str:
        """The model's."""
        return str(self.model.version)


class Service:
    """The newest model of a source, served until `close()`.

    A newer model is loaded, and tried on a row, beside the one that is served; only then it takes over. Rows that the
    old one has taken are scored by the old one. Where the newer one can't be loaded or fails on the row, the old one
    stays, and `trouble` says why.

    Parameters
    ----------
    newest : given the model that is served, None for none, the one that shall be; None where it is that one
    settings : limits
    metrics : where answers are counted
    """

    def __init__(self, newest: Newest, settings: Settings = USUAL,
                 metrics: Metrics | None = None) -> None:
        self._newest, self.settings, self.metrics = newest, settings, metrics or Metrics()
        self.served: Served | None = None
        self.trouble, self._closed, self._swapping = "", threading.Event(), threading.Lock()
        self.refresh()
        if settings.every:
            threading.Thread(target=self._follow, name="newer models", daemon=True).start()

    @property
    def version(self) -> str:
        """The version that is served, "" for none."""
        return self.served.version if self.served else ""

    @property
    def schema(self) -> Schema:
        """That of the model that is served; of no columns for none."""
        return self.served.model.schema if self.served else Schema(())

    @property
    def ready(self) -> bool:
        """Whether rows are taken."""
        return self.served is not None and not self._closed.is_set()

    def submit(self, row: Mapping[str, Any]) -> tuple[Model, asyncio.Future]:
        """The model that scores the row, and where its score will be; to be called in an event loop.
        Raises NotReady, Invalid or Busy."""
        while self.ready:
            model, scorer = self.served
            if wrong := problems(model.schema, row):
                raise Invalid(wrong)
            with suppress(Closed):  # another model has taken over this moment
                return model, scorer.submit(row)
        why = "the service ends" if self._closed.is_set() else self.trouble
        raise NotReady(f"no model is ready: {why}")

    def refresh(self) -> bool:
        """Looks for a newer model; whether one took over. A closed service looks for none."""
        with self._swapping:
            if self._closed.is_set():
                return False
            try:
                model = self._newest(self.served.model if self.served else None)
                if model is not None:
                    self._take(model)
            except Exception as error:
                self._failed(f"{type(error).__name__}: {error}")
                return False
            self.trouble = ""
            return model is not None

    def close(self) -> None:
        """Takes no more rows; those that were taken are scored."""
        self._closed.set()
        if self.served:
            self.served.scorer.close()

    def _take(self, model: Model) -> None:
        """Lets the model take over; ScoreError if it can't score a row."""
        (first,) = scored(model.score, [example(model.schema)])
        if isinstance(first, Exception):
            raise first
        before, self.served = self.served, Served(model, Scorer(model.score, self.settings.waiting))
        if before:
            before.scorer.close()
        if self._closed.is_set():  # meanwhile, by a `close()` that may not have seen it
            self.served.scorer.close()
        self.metrics.swapped(str(model.version), "took over")

    def _failed(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self.metrics.swapped(self.version, "failed")

    def _follow(self) -> None:
        while not self._closed.wait(self.settings.every):
            self.refresh()
