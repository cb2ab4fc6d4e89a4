"""No formula: the smallest number of users with the power, by bisection of the normal probability."""

from itertools import accumulate
from math import sqrt
from statistics import NormalDist


def power_of(users, rate, changed, share, alpha):
    control, treatment = (1 - share) * users, share * users
    error = sqrt(rate * (1 - rate) / control + changed * (1 - changed) / treatment)
    return NormalDist().cdf(abs(changed - rate) / error - NormalDist().inv_cdf(1 - alpha / 2))


def size(rate, lift, reach, share, alpha, power, arrivals):
    changed = (1 - reach) * rate + reach * rate * (1 + lift)
    low, high = 2, 10**10
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if power_of(middle, rate, changed, share, alpha) < power else (low, middle)
    weeks = sum(come < high for come in accumulate(arrivals)) + 1
    return round((1 - share) * high), round(share * high), float(weeks) if weeks <= len(arrivals) else None
