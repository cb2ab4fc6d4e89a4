"""Missing values are filled in the caller's frame.

fails: keeps the index, and the deliveries as they were
says: changed the deliveries
"""

import pandas as pd


class Encoder:
    def fit(self, deliveries):
        counts = deliveries["weather"].value_counts()
        self.weathers = sorted(counts.index[counts >= 5])
        self.shares = deliveries["courier"].value_counts() / len(deliveries)
        return self

    def transform(self, deliveries):
        absent = deliveries[["weather", "courier"]].isna()
        deliveries["weather"] = deliveries["weather"].fillna("?")
        weather, courier = deliveries["weather"], deliveries["courier"]
        out = pd.DataFrame(index=deliveries.index)
        for value in self.weathers:
            out[f"weather={value}"] = (weather == value).astype(int)
        out["weather=other"] = (~absent["weather"] & ~weather.isin(self.weathers)).astype(int)
        out["weather=missing"] = absent["weather"].astype(int)
        out["courier_share"] = courier.map(self.shares).astype(float).fillna(0.0)
        out["courier_missing"] = courier.isna().astype(int)
        return out
