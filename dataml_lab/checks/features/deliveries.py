"""The deliveries of an encoder: tables to train an encoder on, and what it then has to make of a delivery."""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

COMMON = 5  # training rows that a weather needs for a column of its own
WEATHERS = ("clear", "cloudy", "drizzle", "fog", "frost", "hail", "mist", "rain", "sleet", "snow", "storm", "wind")
NAMES = ("Ana", "Ben", "Cem", "Dora", "Eli", "Fay", "Gil", "Hana", "Ivo", "Jon", "Kim", "Lea", "Max", "Nora", "Ole")
LIKE_MISSING = ("missing", "nan", "None", "other")  # texts, which are values like any others


class Delivery(NamedTuple):
    """The two values of a delivery that matter; None or NaN where one is missing."""

    weather: str | float | None
    courier: str | float | None

    def __str__(self) -> str:
        weather, courier = (repr(value) if isinstance(value, str) else f"missing ({value})" for value in self)
        return f"weather {weather}, courier {courier}"


@dataclass(frozen=True)
class Deliveries:
    """Training tables: `plain` has four weathers with twelve rows at least and six couriers, `other` four and six of
    which it shares half. In `rare` some weathers have four or five rows; in `gaps` values are missing, in `texts` they
    are also called like something missing. `newcomer` has values of no table; `batch` is a part of `plain`."""

    plain: list[Delivery]
    other: list[Delivery]
    rare: list[Delivery]
    gaps: list[Delivery]
    texts: list[Delivery]
    newcomer: Delivery
    batch: list[Delivery]

    def table(self, name: str) -> pd.DataFrame:
        """The deliveries of this name as an encoder gets them."""
        return table([self.newcomer] if name == "newcomer" else getattr(self, name))


def deliveries(seed: int) -> Deliveries:
    """The deliveries of some shop."""
    random = np.random.default_rng(seed)
    weathers, names = ([str(value) for value in random.permutation(pool)] for pool in (WEATHERS, NAMES))
    six, others = couriers(random, names[:6]), couriers(random, names[3:9])
    plain = training(random, unsorted(random, weathers[:4]), six)
    counts = dict(zip(weathers[:5], [COMMON, COMMON - 1, 1, COMMON + 1, 20], strict=True))
    absent = {**dict.fromkeys(weathers[:3], 12), None: 4, np.nan: 4}
    texts = {**dict.fromkeys(weathers[:2], 12), "nan": 6, "None": 6, "other": 2, "missing": 3, None: 6}
    return Deliveries(plain, training(random, dict.fromkeys(weathers[2:6], 14), others), training(random, counts, six),
                      training(random, absent, {None: 3, np.nan: 4, "missing": 3, **six}),
                      training(random, texts, {None: 5, **dict.fromkeys(LIKE_MISSING, 3), **six}),
                      Delivery(weathers[6], names[9]), plain[:12])


def couriers(random: np.random.Generator, names: list[str]) -> dict[str, int]:
    """How many deliveries each courier has, in proportion; no two have the same."""
    return dict(zip(names, random.permutation(np.arange(1, len(names) + 1) * 2).tolist(), strict=True))


def unsorted(random: np.random.Generator, weathers: list[str]) -> dict[str, int]:
    """How many rows each weather has. By frequency they are in neither order of the alphabet."""
    first, second, third, fourth = sorted(weathers)
    ranked = [[second, first, fourth, third], [third, fourth, first, second]][int(random.integers(2))]
    return dict(zip(ranked, [24, 20, 16, 12], strict=True))


def training(random: np.random.Generator, weathers: dict, names: dict) -> list[Delivery]:
    """As many deliveries in each weather as are given, mixed up; couriers have theirs in proportion."""
    column = mixed_up(random, [value for value, count in weathers.items() for _ in range(count)])
    who = [value for value, count in names.items() for _ in range(count)]
    who = mixed_up(random, (who * (len(column) // len(who) + 1))[:len(column)])
    return [Delivery(*pair) for pair in zip(column, who, strict=True)]


def mixed_up(random: np.random.Generator, values: list) -> list:
    """The values in random order, of which the first seen is not the first of the alphabet."""
    mixed = [values[int(place)] for place in random.permutation(len(values))]
    first = min(value for value in mixed if isinstance(value, str))
    place = next(place for place, value in enumerate(mixed) if value != first)
    return [mixed[place], *mixed[:place], *mixed[place + 1:]]


def one_each(rows: list[Delivery], place: int) -> list[Delivery]:
    """A delivery for each value of weather (0) or courier (1) that isn't missing."""
    return list({row[place]: row for row in rows if not missing(row[place])}.values())


def gaps(training: list[Delivery]) -> list[Delivery]:
    """Deliveries of which one value or both are missing, and one that has both, of the training data."""
    known = next(row for row in training if row.weather in common(training) and not missing(row.courier))
    return [*(known._replace(**{name: gone}) for name in Delivery._fields for gone in (None, np.nan)),
            Delivery(None, np.nan), known]


def table(rows: list[Delivery], labels: list[str] | None = None) -> pd.DataFrame:
    """The deliveries as an encoder gets them: a missing value is the None or NaN that it was, not what pandas makes of
    it."""
    frame = pd.DataFrame({"delivery_id": range(1, len(rows) + 1), "weather": [row.weather for row in rows],
                          "courier": [row.courier for row in rows]}, index=labels)
    gone = any(not isinstance(value, str) for row in rows for value in row)
    for name in ("weather", "courier") if gone else ():
        frame[name] = pd.Series([getattr(row, name) for row in rows], frame.index, dtype=object)
    return frame.assign(district=["north", "south"][len(rows) % 2], minutes=30.5)


def missing(value: object) -> bool:
    """Whether a value is None or NaN."""
    return not isinstance(value, str)


def common(trained: list[Delivery]) -> list[str]:
    """The weathers that have a column, in the order of the alphabet."""
    counts = Counter(row.weather for row in trained if not missing(row.weather))
    return sorted(weather for weather, count in counts.items() if count >= COMMON)


def columns(trained: list[Delivery]) -> list[str]:
    """The columns of an encoder that was trained on these deliveries."""
    weathers = [*common(trained), "other", "missing"]
    return [*(f"weather={weather}" for weather in weathers), "courier_share", "courier_missing"]


def right(trained: list[Delivery], row: Delivery) -> dict[str, float]:
    """The numbers of a delivery after this training, by column."""
    known = common(trained)
    weather = "missing" if missing(row.weather) else row.weather if row.weather in known else "other"
    share = 0 if missing(row.courier) else sum(other.courier == row.courier for other in trained) / len(trained)
    return {**dict.fromkeys(columns(trained), 0), f"weather={weather}": 1, "courier_share": share,
            "courier_missing": int(missing(row.courier))}
