"""numpy arange of datetime64, tolist gives dates."""

import numpy as np


def affected(event_day, arrived_on):
    days = np.arange(np.datetime64(event_day, "D"), np.datetime64(arrived_on, "D"))[:30]
    return set(days.tolist())
