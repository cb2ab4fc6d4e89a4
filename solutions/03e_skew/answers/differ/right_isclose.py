"""Makes None of every NaN, and leaves numbers to math.isclose."""

from math import isclose


def differ(one, other):
    one, other = ({name: None if value != value else value for name, value in side.items()} for side in (one, other))
    return set(one) != set(other) or not all(
        one[name] is other[name] if None in (one[name], other[name])
        else isclose(one[name], other[name], rel_tol=1e-9, abs_tol=1e-9) for name in one)
