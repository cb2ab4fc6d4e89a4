"""Plain loops over rows and a Counter; the numbers are bools and floats."""

from collections import Counter

import pandas as pd


def gone(value):
    return value is None or value != value


class Encoder:
    def fit(self, deliveries):
        self.rows = len(deliveries)
        counts = Counter(value for value in deliveries["weather"] if not gone(value))
        self.columns = sorted(value for value in counts if counts[value] > 4)
        self.couriers = Counter(value for value in deliveries["courier"] if not gone(value))

    def transform(self, deliveries):
        rows = []
        for weather, courier in zip(deliveries["weather"], deliveries["courier"]):
            row = {"weather=" + column: weather == column for column in self.columns}
            row["weather=other"] = not gone(weather) and weather not in self.columns
            row["weather=missing"] = gone(weather)
            row["courier_share"] = 0.0 if gone(courier) else self.couriers[courier] / self.rows
            row["courier_missing"] = gone(courier)
            rows.append(row)
        names = ["weather=" + column for column in [*self.columns, "other", "missing"]]
        return pd.DataFrame(rows, index=deliveries.index, columns=[*names, "courier_share", "courier_missing"])
