"""Columns are called weather_clear and so on.

fails: has its columns, whatever the deliveries; gives a column to weather of 5 rows, and no other; knows what to do with the unseen; knows missing from everything else
says: weather_
"""

import pandas as pd


class Encoder:
    def fit(self, deliveries):
        counts = deliveries["weather"].value_counts()
        self.weathers = sorted(counts.index[counts >= 5])
        self.shares = deliveries["courier"].value_counts() / len(deliveries)
        return self

    def transform(self, deliveries):
        weather, courier = deliveries["weather"], deliveries["courier"]
        out = pd.DataFrame(index=deliveries.index)
        for value in self.weathers:
            out[f"weather_{value}"] = (weather == value).astype(int)
        out["weather_other"] = (weather.notna() & ~weather.isin(self.weathers)).astype(int)
        out["weather_missing"] = weather.isna().astype(int)
        out["courier_share"] = courier.map(self.shares).astype(float).fillna(0.0)
        out["courier_missing"] = courier.isna().astype(int)
        return out
