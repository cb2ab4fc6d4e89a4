"""A table of payments, and models that were fitted on it, each once."""

from functools import cache

import numpy as np
import pandas as pd

from dataml_lab.serving import Schema

ROWS = 200
PARTS = "day=1/a.parquet", "day=2/a.parquet", "day=2/b.parquet"  # names of files in which payments are


@cache
def payments():
    """Amounts, items, whether the customer is new, zones (some missing)."""
    draw = np.random.default_rng(7)
    zone = pd.Series(draw.choice(["centre", "north", "south"], ROWS)).mask(draw.random(ROWS) < 0.1)
    return pd.DataFrame({"amount": draw.exponential(50, ROWS), "items": draw.integers(1, 9, ROWS),
                         "new": draw.random(ROWS) < 0.3, "zone": zone.astype("category")})


@cache
def target():
    """Fraud is more likely for a large amount and a new customer."""
    table = payments()
    return (table["amount"] / 50 + 2 * table["new"] + np.random.default_rng(8).normal(0, 1, ROWS) > 2).astype(int)


@cache
def schema():
    return Schema.of(payments(), {"amount": (0, 100_000), "items": (1, 1_000)})


@cache
def pipeline():
    """A logistic regression on coded zones."""
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    coded = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["zone"]),
                                    (StandardScaler(), ["amount", "items"]), remainder="passthrough")
    return make_pipeline(coded, LogisticRegression()).fit(payments(), target())


@cache
def boosted(library, kind="Classifier"):
    """Five boosted trees of a library."""
    if library == "lightgbm":
        from lightgbm import LGBMClassifier, LGBMRegressor
        made = {"Classifier": LGBMClassifier, "Regressor": LGBMRegressor}[kind](n_estimators=5, n_jobs=1, verbose=-1)
    elif library == "xgboost":
        from xgboost import XGBClassifier, XGBRegressor
        made = {"Classifier": XGBClassifier, "Regressor": XGBRegressor}[kind](
            n_estimators=5, n_jobs=1, enable_categorical=True)
    else:
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
        made = {"Classifier": HistGradientBoostingClassifier, "Regressor": HistGradientBoostingRegressor}[kind](
            max_iter=5)
    return made.fit(payments(), target())
