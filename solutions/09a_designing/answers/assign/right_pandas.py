"""Columns of pandas; the first four bytes of the digest are its first 8 hexadecimal digits."""

import hashlib

import numpy as np
import pandas as pd


def numbers(prefix, customers):
    digests = [hashlib.sha256(f"{prefix}/{one}".encode()).digest() for one in customers]
    return np.array([int.from_bytes(digest[:4], "big") for digest in digests], float) / 2**32


def assign(user_ids, name, share):
    ids = pd.to_numeric(pd.Series(user_ids, dtype=object), errors="coerce")
    known = ids.notna()
    customers = ids[known].astype("int64").astype(str)
    found = np.select([numbers("holdout", customers) < 0.1, numbers(name, customers) < share],
                      ["holdout", "treatment"], "control")
    arms = pd.Series(None, index=ids.index, dtype=object)
    arms[known] = found
    return arms
