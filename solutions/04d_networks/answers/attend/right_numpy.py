"""All questions at once, with arrays."""

import numpy as np


def attend(queries, keys, values, asked_at, occurred_at):
    scores = queries @ keys.T / np.sqrt(queries.shape[1])
    allowed = occurred_at[None, :] < asked_at[:, None]
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max(axis=1, keepdims=True, initial=-np.inf)
    weights = np.exp(scores - np.where(np.isfinite(top), top, 0))
    total = weights.sum(axis=1, keepdims=True)
    return weights / np.where(total > 0, total, 1) @ values
