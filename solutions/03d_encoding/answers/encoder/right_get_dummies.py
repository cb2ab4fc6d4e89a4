"""get_dummies, whose columns are then those of the training data."""

import pandas as pd

OTHER, MISSING = object(), object()


class Encoder:
    def fit(self, deliveries):
        counts = deliveries.groupby("weather").size()
        self.common = list(counts[counts >= 5].sort_index().index)
        self.share = deliveries.groupby("courier").size().div(len(deliveries)).to_dict()

    def transform(self, deliveries):
        named = [("missing", "") if pd.isna(value) else ("known", value) if value in self.common else ("other", "")
                 for value in deliveries["weather"]]
        wanted = [*(("known", value) for value in self.common), ("other", ""), ("missing", "")]
        flags = pd.get_dummies(pd.Series(named, index=deliveries.index, dtype=object))
        flags = flags.reindex(columns=pd.Index(wanted, tupleize_cols=False), fill_value=False)
        flags.columns = [f"weather={value or kind}" for kind, value in wanted]
        flags["courier_share"] = [self.share.get(value, 0) for value in deliveries["courier"]]
        flags["courier_missing"] = deliveries["courier"].isna()
        return flags.astype("float64")
