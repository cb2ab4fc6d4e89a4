"""The power of statsmodels (arcsines), told the effect of whole arms and the ratio of their sizes."""

import numpy as np
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize


def size(rate, lift, reach, share, alpha, power, arrivals):
    effect = abs(proportion_effectsize(rate + rate * lift * reach, rate))
    control = NormalIndPower().solve_power(effect, alpha=alpha, power=power, ratio=share / (1 - share))
    arms = [int(np.ceil(control)), int(np.ceil(control * share / (1 - share)))]
    come = np.cumsum(arrivals)
    return [*arms, int(np.argmax(come >= sum(arms))) + 1 if come[-1] >= sum(arms) else None]
