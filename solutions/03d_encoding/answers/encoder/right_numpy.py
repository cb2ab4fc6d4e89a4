"""An array that is filled by position, with missing values counted as None."""

import numpy as np
import pandas as pd


class Encoder:
    def __init__(self):
        self.places, self.share = {}, {}

    def fit(self, deliveries):
        weather = [v if isinstance(v, str) else None for v in deliveries["weather"]]
        courier = [v if isinstance(v, str) else None for v in deliveries["courier"]]
        often = sorted(v for v in set(weather) - {None} if weather.count(v) >= 5)
        self.places = {v: place for place, v in enumerate(often)}
        self.share = {v: courier.count(v) / len(courier) for v in set(courier) - {None}}

    def transform(self, deliveries):
        often = len(self.places)
        found = np.zeros((len(deliveries), often + 4))
        for row, (weather, courier) in enumerate(zip(deliveries["weather"], deliveries["courier"])):
            found[row, self.places.get(weather, often) if isinstance(weather, str) else often + 1] = 1
            found[row, often + 2] = self.share.get(courier, 0) if isinstance(courier, str) else 0
            found[row, often + 3] = not isinstance(courier, str)
        names = [f"weather={v}" for v in [*self.places, "other", "missing"]] + ["courier_share", "courier_missing"]
        return pd.DataFrame(found, deliveries.index, names)
