"""Weather is numbered by the alphabet of the batch.

fails: has its columns, whatever the deliveries; gives a column to weather of 5 rows, and no other; knows what to do with the unseen; knows missing from everything else; gives a delivery alone what it gets among others
says: alone
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
        out["weather"] = weather.astype("category").cat.codes
        out["courier_share"] = courier.map(self.shares).astype(float).fillna(0.0)
        out["courier_missing"] = courier.isna().astype(int)
        return out
