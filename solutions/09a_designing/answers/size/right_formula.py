"""The formula of the lesson for arms of any share, and a loop over the weeks."""

import math

from scipy.stats import norm


def size(rate, lift, reach, share, alpha, power, arrivals):
    changed = rate * (1 + lift * reach)
    quantiles = norm.isf(alpha / 2) + norm.ppf(power)
    variance = rate * (1 - rate) / (1 - share) + changed * (1 - changed) / share
    units = quantiles**2 * variance / (changed - rate) ** 2
    control, treatment = math.ceil((1 - share) * units), math.ceil(share * units)
    come = 0
    for week, new in enumerate(arrivals, 1):
        come += new
        if come >= control + treatment:
            return control, treatment, week
    return control, treatment, None
