"""The features of lesson 03: numbers about a user at a moment, made of what was known by then and of nothing else.

A `View` defines `Feature`s; `compute` gives them for rows of users and moments, as do `engines` where the events are,
and a `LocalStore` keeps them for training and serving. `latest` joins a row with what was known last, `columns` and
`encode` have further techniques, and `time_travel` says of any features whether they know the future.
"""

from dataml_lab.features.definition import Feature, View
from dataml_lab.features.store import FeatureStore, LocalStore
from dataml_lab.features.time_travel import Moved, time_travel
from dataml_lab.features.windows import compute, latest

__all__ = ["Feature", "FeatureStore", "LocalStore", "Moved", "View", "compute", "latest", "time_travel"]
