"""NumPy: what isn't written is NaT in the maximum of both moments, and NaT is at or before nothing."""

import numpy as np


def split(rows, horizon, exported_at):
    asked = rows["asked_at"].dt.tz_localize(None).to_numpy()
    settled = np.maximum(asked + horizon.to_numpy(), rows["written_at"].dt.tz_localize(None).to_numpy())
    usable = settled <= exported_at.tz_localize(None).to_numpy()
    moments = np.unique(asked[usable])
    shares = np.array([(asked[usable] >= moment).mean() for moment in moments])
    start = moments[np.abs(shares - 0.25).argmin()]
    labels = rows.index.to_numpy()
    return labels[settled <= start].tolist(), labels[usable & (asked >= start)].tolist()
