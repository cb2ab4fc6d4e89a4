"""A table of an experiment, a row for each user."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="session")
def users() -> pd.DataFrame:
    """4,000 users, of whom half have treatment: it brings 3 EUR to 40, and 0.4 orders to 2."""
    random = np.random.default_rng(1)
    treated = random.permutation(np.arange(4_000) % 2 == 1)
    habit = random.gamma(2, 10, 4_000)
    orders = random.poisson(2 + 0.4 * treated)
    return pd.DataFrame({
        "user_id": np.arange(4_000), "arm": np.where(treated, "treatment", "control"),
        "day": pd.Timestamp("2025-03-01") + pd.to_timedelta(random.integers(0, 10, 4_000), "D"),
        "bought": (orders > 0).astype(int), "orders": orders, "errors": random.poisson(0.3, 4_000),
        "spent": 2 * habit + 3 * treated + random.exponential(10, 4_000), "spent_before": habit,
        "cluster": 2 * random.integers(0, 40, 4_000) + treated})
