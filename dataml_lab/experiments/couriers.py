"""A simulated experiment in which arms disturb each other: couriers bring the deliveries of a zone one after another.

In each hour a zone has some deliveries, and they wait in a queue: each place takes some minutes. A new model puts the
deliveries that it serves in front. Where it serves all or none, their order is by chance, and nobody waits less.
"""

from typing import Literal

import numpy as np
import pandas as pd

By = Literal["user", "zone", "all", "none"]
BASE, PLACE, SPREAD = 20.0, 1.5, 4.0  # minutes: without a queue, for each place in it, between zones


def delivered(by: By, zones: int = 60, hours: int = 20, seed: int = 0) -> pd.DataFrame:
    """Deliveries, each of a user of its own: user_id, zone, arm and minutes. The model serves half of the users, half
    of the zones, all, or none."""
    random = np.random.default_rng(seed)
    waiting = 2 + random.poisson(6, (zones, hours))
    zone, hour = (np.repeat(places.ravel(), waiting.ravel()) for places in np.indices((zones, hours)))
    served = _served(random, by, zones, zone)
    place = _places(hour + hours * zone, np.where(served, 0.0, 1.0) + random.random(len(zone)))
    level = random.normal(0, SPREAD, zones)
    minutes = BASE + level[zone] + PLACE * place + random.normal(0, 3, len(zone))
    return pd.DataFrame({"user_id": np.arange(1, len(zone) + 1), "zone": zone + 1,
                         "arm": np.where(served, "treatment", "control"), "minutes": minutes.round(2)})


def _served(random: np.random.Generator, by: By, zones: int, zone: np.ndarray) -> np.ndarray:
    """Whether the model serves each delivery."""
    if by == "zone":
        return (random.permutation(zones) < zones // 2)[zone]
    return random.random(len(zone)) < {"user": 0.5, "all": 1.0, "none": 0.0}[by]


def _places(queue: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """The place of each delivery in its queue, from 0, by the order of `turn`.

    >>> _places(np.array([0, 0, 0, 1]), np.array([0.5, 0.1, 0.9, 0.3])).tolist()
    [1, 0, 2, 0]
    """
    order = np.lexsort([turn, queue])
    starts = np.searchsorted(queue[order], queue[order])
    places = np.empty(len(queue), int)
    places[order] = np.arange(len(queue)) - starts
    return places
