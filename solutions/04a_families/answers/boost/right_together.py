"""Both tables are one: the residuals are read from its first rows, and a sum over rounds makes the table."""

import numpy as np
import pandas as pd


def boost(X, y, weights, rates, fit, new):
    both = pd.concat([X, new], ignore_index=True)
    stages = [np.full(len(both), (weights * y).sum() / weights.sum())]
    for rate in rates:
        residuals = y - stages[-1][:len(y)]
        stages.append(stages[-1] + rate * fit(X, residuals, weights)(both))
    return [stage[len(y):] for stage in stages]
