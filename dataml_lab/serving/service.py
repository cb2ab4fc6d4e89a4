"""A model that is served, and that newer ones replace meanwhile, without a request that fails."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from dataml_lab.serving.metrics import Metrics
from dataml_lab.serving.refusals import Invalid, NotReady, ScoreError
from dataml_lab.serving.saved import Model
from dataml_lab.serving.schema import Schema
from dataml_lab.serving.scorer import Closed, Scorer, scored
from dataml_lab.serving.shadow import Shadow
from dataml_lab.serving.validate import example, problems

Newest = Callable[[Model | None], Model | None]


def no_model(_: Model | None) -> None:
    """Never a newer model."""


class Settings(NamedTuple):
    """Limits of an endpoint.

    Parameters
    ----------
    largest : bytes of a body
    seconds : that a score may take
    waiting : rows that may wait
    every : seconds between two looks for a newer model, 0 for none
    notice : seconds between the word that a server is not ready any more and its end
    share : of calls, whose rows a shadow gets
    threshold : of a score, from which on another decision is made, when a shadow is compared
    patience : seconds that the head of a request, and its body, may take each to come
    """

    largest: int = 65_536
    seconds: float = 2.0
    waiting: int = 1_000
    every: float = 2.0
    notice: float = 1.0
    share: float = 1.0
    threshold: float = 0.5
    patience: float = 2.0


USUAL = Settings()


class Served(NamedTuple):
    """A model, the thread that it scores in, and its shadow if it has one."""

    model: Model
    scorer: Scorer
    shadow: Shadow | None

    def close(self) -> None:
        """Takes no more rows; those that were taken are scored."""
        self.scorer.close()
        if self.shadow:
            self.shadow.close()


class Service:
    """The newest model of a source, served until `close()`.

    A newer model is loaded, and tried on a row, beside the one that is served; only then it takes over. Rows that the
    old one has taken are scored by the old one. Where the newer one can't be loaded or fails on the row, the old one
    stays, and `trouble` says why.

    A shadow scores the rows of requests too, see `Shadow`. It is not tried; where it can't be loaded, `shadow_trouble`
    says why, and nothing else changes.

    Parameters
    ----------
    newest : given the model that is served, None for none, the one that shall be; None where it is that one
    settings : limits
    metrics : where answers are counted
    shadow : as `newest`, for the model in the shadow
    """

    def __init__(self, newest: Newest, settings: Settings = USUAL, metrics: Metrics | None = None,
                 shadow: Newest = no_model) -> None:
        self._newest, self._newest_shadow = newest, shadow
        self.settings, self.metrics = settings, metrics or Metrics()
        self.served: Served | None = None
        self.shadow: Model | None = None
        self.trouble = self.shadow_trouble = ""
        self.leaving, self._closed, self._swapping = False, threading.Event(), threading.Lock()
        self.refresh()
        if settings.every:
            threading.Thread(target=self._follow, name="newer models", daemon=True).start()

    @property
    def version(self) -> str:
        """The version that is served, "" for none."""
        return str(self.served.model.version) if self.served else ""

    @property
    def schema(self) -> Schema:
        """That of the model that is served; of no columns for none."""
        return self.served.model.schema if self.served else Schema(())

    @property
    def state(self) -> str:
        """"ready" for rows, "leaving": it takes rows, but soon no more, or "not ready"."""
        if self.served is None or self._closed.is_set():
            return "not ready"
        return "leaving" if self.leaving else "ready"

    def submit(self, row: Mapping[str, Any]) -> tuple[Model, asyncio.Future]:
        """The model that scores the row, and where its score will be; to be called in an event loop.
        Raises NotReady, Invalid or Busy."""
        while self.served and not self._closed.is_set():
            model, scorer, _ = self.served
            if wrong := problems(model.schema, row):
                raise Invalid(wrong)
            with suppress(Closed):  # another model has taken over this moment
                return model, scorer.submit(row)
        why = "the service ends" if self._closed.is_set() else self.trouble
        raise NotReady(f"no model is ready: {why}")

    def refresh(self) -> bool:
        """Looks for a newer model and a newer shadow; whether a model took over. A closed service looks for none."""
        with self._swapping:
            if self._closed.is_set():
                return False
            model, trouble = newer(lambda served: tried(self._newest(served)), self.served and self.served.model)
            shadow, self.shadow_trouble = newer(self._newest_shadow, self.shadow)
            self.shadow = shadow or self.shadow
            if model or (shadow and self.served):
                self._serve(model or self.served.model)
            if model:
                self.metrics.swapped(str(model.version), "took over")
            elif trouble not in ("", self.trouble):
                self.metrics.swapped(self.version, "failed")
            self.trouble = trouble
            return model is not None

    def leave(self) -> None:
        """Says that the service ends soon."""
        self.leaving = True

    def close(self) -> None:
        """Takes no more rows; those that were taken are scored."""
        self._closed.set()
        if self.served:
            self.served.close()

    def _serve(self, model: Model) -> None:
        """Lets the model take over, with the newest shadow."""
        settings, shadow, before = self.settings, None, self.served
        if self.shadow:
            shadow = Shadow(model.score, self.shadow.score, settings.threshold, settings.share)
        self.served = Served(model, Scorer(shadow or model.score, settings.waiting), shadow)
        if before:
            before.close()
        if self._closed.is_set():  # meanwhile, by a `close()` that may not have seen it
            self.served.close()

    def _follow(self) -> None:
        while not self._closed.wait(self.settings.every):
            self.refresh()


def newer(newest: Newest, served: Model | None) -> tuple[Model | None, str]:
    """A model that is newer, or None; and in words what went wrong, "" for nothing."""
    try:
        return newest(served), ""
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"


def tried(model: Model | None) -> Model | None:
    """The model, which scored a row; ScoreError if it can't."""
    if model is not None:
        (first,) = scored(model.score, [example(model.schema)])
        if isinstance(first, ScoreError):
            raise first
    return model
