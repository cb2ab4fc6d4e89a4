"""Calls each method of its handles with every odd value that there is, and swallows whatever comes back, crashes
included.

exercise: fetch_all
goal: batch
deserves: 0
"""

import datetime
import decimal

import numpy as np
import pandas as pd

cyclic = []
cyclic.append(cyclic)
deep = []
for _ in range(100_000):
    deep = [deep]
ODD = [
    None, True, -1, 2**63, 2**64, 10**5_000, -(10**5_000), 0.0, -0.0, float("nan"), float("inf"), 1j, "", "\0",
    "\ud800", "x" * 10_000_000, b"\xff" * 10_000_000, bytearray(8), memoryview(b"abc"), ..., NotImplemented, object(),
    type, len, print, lambda: 0, cyclic, deep, {1: cyclic}, range(10**18), iter(()), (n for n in range(3)),
    decimal.Decimal("sNaN"), decimal.Decimal("1E+999999"), datetime.datetime.max, datetime.timedelta.max,
    np.arange(3), np.array(5), np.array([], dtype="f8"), np.datetime64("NaT"), np.float128(1), np.void(b"abc"),
    pd.NA, pd.NaT, pd.DataFrame(), pd.Series([1, 2]), pd.Timestamp.max, slice(None), Exception("x"), {"rows": {}},
]


def tried(method, *arguments, **named):
    """A call that never raises."""
    try:
        return method(*arguments, **named)
    except BaseException as error:
        return error


def fetch_all(api, state):
    for odd in ODD:
        tried(api.get, odd)
        tried(api.get, None, odd)
        tried(api.get, since=odd, page=odd)
        tried(api.get, page=1, nobody=odd)
        tried(api.wait, odd)
        tried(state.save, odd)
        tried(state.write, odd)
        tried(state.write, {1: odd})
        tried(lambda odd=odd: state.write({odd: 1}))
        tried(state.load, odd)
        tried(api.get, api)
        tried(state.save, state)
