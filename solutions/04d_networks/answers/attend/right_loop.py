"""One question after the other: what is left out is never there."""

import numpy as np
from scipy.special import softmax


def attend(queries, keys, values, asked_at, occurred_at):
    answers = np.zeros((len(queries), values.shape[1]))
    for number, query in enumerate(queries):
        past = occurred_at < asked_at[number]
        if past.any():
            scores = keys[past] @ query / np.sqrt(len(query))
            answers[number] = softmax(scores) @ values[past]
    return answers
