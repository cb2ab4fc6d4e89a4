"""A weather or courier that was not trained on raises.

fails: knows what to do with the unseen; learns in fit alone, and each time anew
says: raised KeyError
"""

import pandas as pd


class Encoder:
    def fit(self, deliveries):
        counts = deliveries["weather"].value_counts()
        self.weathers = sorted(counts.index[counts >= 5])
        self.seen = set(deliveries["weather"].dropna())
        self.shares = deliveries["courier"].value_counts() / len(deliveries)
        return self

    def transform(self, deliveries):
        weather, courier = deliveries["weather"], deliveries["courier"]
        out = pd.DataFrame(index=deliveries.index)
        seen = {value: value in self.weathers for value in self.seen}
        for value in weather.dropna():
            seen[value]
        for value in self.weathers:
            out[f"weather={value}"] = (weather == value).astype(int)
        out["weather=other"] = (weather.notna() & ~weather.isin(self.weathers)).astype(int)
        out["weather=missing"] = weather.isna().astype(int)
        out["courier_share"] = [0.0 if pd.isna(name) else self.shares[name] for name in courier]
        out["courier_missing"] = courier.isna().astype(int)
        return out
