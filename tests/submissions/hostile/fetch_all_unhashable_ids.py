"""Stores rows whose delivery_id is a list, a dict, an array or a NaN: the judge counts them in a Counter.

exercise: fetch_all
goal: batch
deserves: 0
"""

import numpy as np


def fetch_all(api, state):
    for number in range(12):
        state.save(number)
    for key, value in enumerate(([], {}, np.arange(3), float("nan"), [[[]]], {1: {2: {}}})):
        state.write({key: {"delivery_id": value, "updated_at": value}})
