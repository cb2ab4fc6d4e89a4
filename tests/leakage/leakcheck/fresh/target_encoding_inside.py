import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold

df = pd.read_csv("avazu_sample.csv", dtype={"id": str})
df["hour_of_day"] = df["hour"] % 100
categorical = ["site_id", "app_id", "device_model"]


def encode(fit_part, other_part, column, target, m=100):
    prior = fit_part[target].mean()
    agg = fit_part.groupby(column)[target].agg(["count", "mean"])
    smooth = (agg["count"] * agg["mean"] + m * prior) / (agg["count"] + m)
    return fit_part[column].map(smooth).fillna(prior), other_part[column].map(smooth).fillna(prior)


losses = []
for train_idx, valid_idx in KFold(n_splits=5, shuffle=True, random_state=0).split(df):
    tr, va = df.iloc[train_idx].copy(), df.iloc[valid_idx].copy()
    columns = ["hour_of_day", "banner_pos"]
    for c in categorical:
        tr[c + "_te"], va[c + "_te"] = encode(tr, va, c, "click")
        columns.append(c + "_te")
    model = xgb.XGBClassifier(n_estimators=300, max_depth=6, learning_rate=0.1)
    model.fit(tr[columns], tr["click"])
    losses.append(log_loss(va["click"], model.predict_proba(va[columns])[:, 1]))
print("log loss %.4f +- %.4f" % (np.mean(losses), np.std(losses)))
