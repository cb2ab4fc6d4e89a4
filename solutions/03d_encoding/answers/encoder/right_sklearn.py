"""scikit-learn's OneHotEncoder with given categories, wrapped."""

import numpy as np
import pandas as pd
from sklearn.preprocessing import OneHotEncoder

MISSING = "\0missing"
OTHER = "\0other"


class Encoder:
    def fit(self, deliveries):
        counts = deliveries["weather"].value_counts(dropna=True)
        self.known = sorted(counts[counts >= 5].index)
        categories = [*self.known, OTHER, MISSING]
        self.one_hot = OneHotEncoder(categories=[np.array(categories, dtype=object)], sparse_output=False)
        self.one_hot.fit(np.array([[value] for value in categories], dtype=object))
        couriers = deliveries["courier"].dropna()
        self.shares = couriers.groupby(couriers).size() / len(deliveries)
        return self

    def transform(self, deliveries):
        names = [f"weather={value}" for value in [*self.known, "other", "missing"]]
        weather = deliveries["weather"].astype(object)
        weather = weather.where(weather.isna() | weather.isin(self.known), OTHER).where(weather.notna(), MISSING)
        flags = self.one_hot.transform(weather.to_numpy().reshape(-1, 1)) if len(weather) else np.empty((0, len(names)))
        out = pd.DataFrame(flags, index=deliveries.index, columns=names)
        out["courier_share"] = self.shares.reindex(deliveries["courier"]).fillna(0).to_numpy()
        out.loc[deliveries["courier"].isna(), "courier_share"] = 0
        return out.assign(courier_missing=deliveries["courier"].isna().astype("int8"))
