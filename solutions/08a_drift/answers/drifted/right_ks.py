"""Right: arrays, and the distances by hand."""

import numpy as np


def drifted(reference, current):
    """Whether the current day is further from the days of its weekday than twice the furthest of them."""
    weekday = current["day"].iloc[0].day_of_week
    alike = reference[reference["day"].dt.day_of_week == weekday]
    now, then = cleaned(current["value"]), cleaned(alike["value"])
    if abs(now.isna().mean() - then.isna().mean()) >= 0.15:
        return True
    if now.dtype.kind != "f" and not_in(now, reference["value"]) >= max(2, 0.02 * len(now)):
        return True
    days, then = alike["day"][then.notna()].to_numpy(), then.dropna().to_numpy()
    usual = [apart(then[days != day], then[days == day]) for day in np.unique(days)]
    return apart(then, now.dropna().to_numpy()) >= max(0.15, 2 * max(usual))


def cleaned(values):
    return values.mask(values == (-1 if values.dtype.kind == "f" else ""))


def not_in(values, known):
    known = set(known.unique())
    return sum(text not in known for text in values.dropna())


def apart(one, other):
    if one.dtype.kind == "f":
        points = np.concatenate([one, other])
        upto = [np.searchsorted(np.sort(sample), points, side="right") / len(sample) for sample in (one, other)]
        return np.abs(upto[0] - upto[1]).max()
    return sum(abs((one == name).mean() - (other == name).mean()) for name in {*one, *other}) / 2
