"""Feast, a feature store as companies run it, behind the same names as our own.

The lesson doesn't need it: it wants an older pandas, and so a Python environment of its own (0.7 GB). It runs there in
a process that starts with its first use, in some seconds, and ends with the notebook. The snapshots are the same files
as those of a `LocalStore`; joining them to rows, putting them online and looking them up there is Feast's.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from dataml_lab.features import feast_process
from dataml_lab.features.definition import View
from dataml_lab.features.store import (
    MOMENT,
    SNAPSHOT_AT,
    FeatureStoreError,
    History,
    asked_rows,
    beside,
    limit,
    looked_up,
    micros,
    moment,
    whole,
)
from dataml_lab.store import sidecar
from dataml_lab.store.elsewhere import Elsewhere

FEAST = Elsewhere("Feast", "feast", "0.7 GB")
missing, version = FEAST.missing, FEAST.version


class FeastStore(History):
    """A feature store in a folder, run by Feast. It fills `FeatureStore`; FeatureStoreError where Feast is missing."""

    def __init__(self, folder: str | Path) -> None:
        super().__init__(Path(folder).resolve())
        self._process: sidecar.Sidecar | None = None

    def close(self) -> None:
        """See `FeatureStore.close`; it would start again with its next use."""
        if self._process is not None:
            self._process.stop()

    def register(self, view: View) -> None:
        """See `FeatureStore.register`."""
        if lost := [name for name in view.names if name.endswith("_y")]:
            raise ValueError(f"{view.name}: Feast loses features whose names end in _y: call {lost[0]!r} otherwise")
        super().register(view)

    def historical(self, name: str, rows: pd.DataFrame, max_age_days: int | None = None) -> pd.DataFrame:
        """See `FeatureStore.historical`; `max_age_days` is what Feast calls the ttl of a view."""
        view, days = self.view(name), limit(max_age_days)
        asked = asked_rows(view, rows).rename(columns={"as_of": "event_timestamp"})
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
            files = {"rows": f"{work}/rows.parquet", "found": f"{work}/found.parquet"}
            asked.rename_axis("place").reset_index().to_parquet(files["rows"], index=False)
            self._ask("historical", view, max_age_days=days, **files)
            found = pd.read_parquet(files["found"]).rename(columns={MOMENT: SNAPSHOT_AT})
        at = pd.to_datetime(found[SNAPSHOT_AT].astype("Int64"), unit="us", utc=True).dt.as_unit("us")
        return beside(rows, found.assign(**{SNAPSHOT_AT: at})[[*view.names, SNAPSHOT_AT]])

    def materialise(self, name: str, until: Any) -> None:
        """See `FeatureStore.materialise`."""
        self._ask("materialise", self.view(name), until=micros(moment(until)))

    def online(self, name: str, users: Iterable[int]) -> pd.DataFrame:
        """See `FeatureStore.online`."""
        view, keys = self.view(name), whole(users)
        found = self._ask("online", view, keys=keys.tolist())
        values = list(zip(*(found[feature] for feature in view.names), strict=True))
        return looked_up(view, keys, values, found[MOMENT])

    def _ask(self, command: str, view: View, **arguments: Any) -> Any:
        """What Feast answers to a command about a view."""
        told = {"name": view.name, "key": view.key, "features": view.names, "moment": MOMENT}
        files = str(self.snapshots(view.name) / "*.parquet")
        try:
            return self._running().ask(command, view={**told, "files": files}, **arguments)
        except RuntimeError as error:
            raise FeatureStoreError(f"{self.folder}: Feast: {error}") from error

    def _running(self) -> sidecar.Sidecar:
        """The process, which is started if need be."""
        if self._process is None or not self._process.alive:
            if lacking := missing():
                raise FeatureStoreError(lacking)
            self._process = FEAST.start(feast_process.__file__, folder=str(self.folder / "feast"))
        return self._process
