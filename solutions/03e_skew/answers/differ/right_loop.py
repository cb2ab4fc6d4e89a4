"""Goes through the features, and stops at the first that differs."""

import math


def is_missing(value):
    return value is None or math.isnan(value)


def differ(one, other):
    if one.keys() != other.keys():
        return True
    for name, a in one.items():
        b = other[name]
        if is_missing(a) or is_missing(b):
            if is_missing(a) != is_missing(b):
                return True
        elif abs(a - b) > 1e-9 * max(1, abs(a), abs(b)):
            return True
    return False
