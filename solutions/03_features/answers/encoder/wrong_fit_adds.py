"""fit adds to what an earlier fit learned.

fails: learns in fit alone, and each time anew
says: trained again
"""

from collections import Counter

import pandas as pd


class Encoder:
    def __init__(self):
        self.weather, self.courier, self.rows = Counter(), Counter(), 0

    def fit(self, deliveries):
        self.weather.update(deliveries["weather"].dropna())
        self.courier.update(deliveries["courier"].dropna())
        self.rows += len(deliveries)
        self.weathers = sorted(value for value, count in self.weather.items() if count >= 5)
        self.shares = {value: count / self.rows for value, count in self.courier.items()}
        return self

    def transform(self, deliveries):
        weather, courier = deliveries["weather"], deliveries["courier"]
        out = pd.DataFrame(index=deliveries.index)
        for value in self.weathers:
            out[f"weather={value}"] = (weather == value).astype(int)
        out["weather=other"] = (weather.notna() & ~weather.isin(self.weathers)).astype(int)
        out["weather=missing"] = weather.isna().astype(int)
        out["courier_share"] = courier.map(pd.Series(self.shares, dtype=float)).astype(float).fillna(0.0)
        out["courier_missing"] = courier.isna().astype(int)
        return out
