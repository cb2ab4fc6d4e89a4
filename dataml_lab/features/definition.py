"""What a feature is: a definition that says nothing of the engine that computes it, nor of "now"."""

from typing import Literal, NamedTuple

Kind = Literal["count", "sum", "mean", "min", "max", "distinct", "days_since_last"]
COUNTS = ("count", "distinct")
OF_NO_COLUMN = ("count", "days_since_last")


class Feature(NamedTuple):
    """A number about one user at a moment `as_of`: an aggregate of what occurred in [as_of - days, as_of).

    What occurred at `as_of` itself is not known yet. A day has 24 hours; without `days` all the past counts. `where`
    keeps the events whose field has this value. "count" counts events, "distinct" the different values of `column`
    that are not null; "sum", "mean", "min" and "max" pass over nulls; "days_since_last" is the time from the newest
    event to `as_of`, in days with their fraction. Where there is nothing to aggregate, the feature is `empty`; None
    leaves it missing, which is NaN in a frame. A "count" of nothing, or a "distinct", is 0 and has no other `empty`.

    >>> Feature("spend_90d", "sum", "total", days=90, where=("status", "completed"), empty=0.0).column
    'total'
    """

    name: str
    kind: Kind
    column: str | None = None
    days: int | None = None
    where: tuple[str, str] | None = None
    empty: float | None = None


class View(NamedTuple):
    """Features of the same events: `key` is the column that says whose they are, `time` when each occurred."""

    name: str
    features: tuple[Feature, ...]
    key: str = "user_id"
    time: str = "occurred_at"

    @property
    def names(self) -> list[str]:
        """The names of the features, in order."""
        return [feature.name for feature in self.features]

    @property
    def columns(self) -> list[str]:
        """The columns of the events that the features need, each once; the key and the time first."""
        needed = [name for feature in self.features for name in (feature.column, feature.where and feature.where[0])]
        return list(dict.fromkeys([self.key, self.time, *filter(None, needed)]))


def check(view: View) -> View:
    """The view itself; ValueError saying what is wrong where a definition can't be computed.

    >>> check(View("orders", (Feature("spend", "sum"),)))
    Traceback (most recent call last):
        ...
    ValueError: orders.spend: "sum" needs a column to aggregate
    """
    doubled = {name for name in view.names if view.names.count(name) > 1}
    if doubled:
        raise ValueError(f"{view.name}: two features are called {sorted(doubled)[0]!r}; a name is needed for each")
    for feature in view.features:
        if wrong := fault(feature):
            raise ValueError(f"{view.name}.{feature.name}: {wrong}")
    return view


def fault(feature: Feature) -> str:
    """What is wrong with a definition, in words; empty where nothing is."""
    kinds = Kind.__args__
    if feature.kind not in kinds:
        return f"there is no kind {feature.kind!r}; there are {', '.join(kinds)}"
    if (feature.column is None) != (feature.kind in OF_NO_COLUMN):
        needs = "aggregates events and takes no column" if feature.column else "needs a column to aggregate"
        return f'"{feature.kind}" {needs}'
    if feature.kind in COUNTS and feature.empty:
        return f"empty={feature.empty!r}, where a count of nothing is 0"
    if feature.days is not None and (type(feature.days) is not int or feature.days < 1):
        return f"days={feature.days!r}, where a whole number from 1 on is needed, or None for all the past"
    return ""
