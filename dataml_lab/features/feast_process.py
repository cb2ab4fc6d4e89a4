"""Feast in a Python of its own: the program of the process that a `FeastStore` talks to (see `store.sidecar`).

There pandas is older and this package is not: the program needs Feast and the standard library, and nothing else.
"""

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from feast import FeatureStore

UTC = timezone.utc  # noqa: UP017 (the other Python may be an older one)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST = datetime(1, 1, 2, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SETTINGS = {"project": "dataml_lab", "provider": "local", "entity_key_serialization_version": 3}


class Project:
    """A project of Feast: Parquet read by DuckDB offline, SQLite online."""

    def __init__(self, store: "FeatureStore") -> None:
        self.store, self.declared = store, {}

    def historical(self, view: dict[str, Any], rows: str, found: str, max_age_days: int | None) -> None:
        """Writes to `found` the rows of the file `rows` (place, key, event_timestamp) with the view's features."""
        import pandas as pd

        self.declare(max_age_days=max_age_days, **view)
        asked = pd.read_parquet(rows)
        job = self.store.get_historical_features(entity_df=asked, features=references(view))
        job.to_df().sort_values("place").to_parquet(found, index=False)

    def materialise(self, view: dict[str, Any], until: int) -> None:
        """Puts the newest rows until a moment (in microseconds) online, unless newer ones may be there."""
        self.declare(**view)
        end = EPOCH + until * TICK
        # Feast itself would put older rows in the place of newer ones.
        if all(end >= last for _, last in self.store.get_feature_view(view["name"]).materialization_intervals):
            self.store.materialize(FIRST, end, feature_views=[view["name"]])

    def online(self, view: dict[str, Any], keys: list[int]) -> dict[str, list]:
        """The columns of what is online of these keys, in the order asked."""
        self.declare(**view)
        if not keys:  # which Feast fails at
            return {name: [] for name in [*view["features"], view["moment"]]}
        rows = [{view["key"]: key} for key in keys]
        return self.store.get_online_features(features=references(view), entity_rows=rows).to_dict()

    def declare(
        self, name: str, key: str, features: list[str], moment: str, files: str, max_age_days: int | None = None
    ) -> None:
        """Tells Feast of a view, unless it knows, whose snapshots are such files."""
        from feast import Entity, FeatureView, Field, FileSource, ValueType
        from feast.data_format import ParquetFormat
        from feast.types import Float64, Int64

        days = max_age_days or 0  # of 0, Feast takes snapshots of any age
        if self.declared.get(name) == days:
            return
        entity = Entity(name=key, join_keys=[key], value_type=ValueType.INT64)
        schema = [Field(name=key, dtype=Int64), Field(name=moment, dtype=Int64)]
        schema += [Field(name=feature, dtype=Float64) for feature in features]
        source = FileSource(path=files, file_format=ParquetFormat(), timestamp_field="as_of")
        ttl = timedelta(days=days)
        self.store.apply([entity, FeatureView(name=name, entities=[entity], ttl=ttl, schema=schema, source=source)])
        self.declared[name] = days


def references(view: dict[str, Any]) -> list[str]:
    """The features of a view, and the moment that they are as of, as Feast names them."""
    return [f"{view['name']}:{name}" for name in [*view["features"], view["moment"]]]


@contextmanager
def commands(folder: str) -> Iterator[dict[str, Callable]]:
    """The commands of the process, whose project is in `folder`."""
    sys.stdout = sys.stderr  # what Feast prints must not be taken for an answer
    warnings.simplefilter("ignore")
    from feast import FeatureStore, RepoConfig

    Path(folder).mkdir(parents=True, exist_ok=True)
    stores = {
        # Otherwise a view is out of service while it goes online, for ever if that was killed.
        "registry": {"path": f"{folder}/registry.db", "serve_features_while_materializing": True},
        # Feast's own choice, "file", leaves out the rows of users without an earlier snapshot.
        "offline_store": {"type": "duckdb"},
        "online_store": {"type": "sqlite", "path": f"{folder}/online.db"},
    }
    project = Project(FeatureStore(config=RepoConfig(**SETTINGS, **stores)))
    yield {"historical": project.historical, "materialise": project.materialise, "online": project.online}
