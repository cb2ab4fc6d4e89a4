import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold


def add_counts(df, cols):
    for c in cols:
        df[c + "_count"] = df[c].map(df[c].value_counts())
    return df


def smooth_mean(df, by, on, m=100):
    mean = df[on].mean()
    agg = df.groupby(by)[on].agg(["count", "mean"])
    smooth = (agg["count"] * agg["mean"] + m * mean) / (agg["count"] + m)
    return df[by].map(smooth)


df = pd.read_csv("avazu_sample.csv", dtype={"id": str})
df["hour_of_day"] = df["hour"] % 100
categorical = ["site_id", "app_id", "device_model"]
df = add_counts(df, categorical)
for c in categorical:
    df[c + "_te"] = smooth_mean(df, c, "click")
features = [c for c in df.columns if c not in ("id", "click", "hour", *categorical)]
X = df[features].values
y = df["click"].values
losses = []
kf = KFold(n_splits=5, shuffle=True, random_state=0)
for train_idx, test_idx in kf.split(X):
    model = xgb.XGBClassifier(n_estimators=300, max_depth=6, learning_rate=0.1)
    model.fit(X[train_idx], y[train_idx])
    p = model.predict_proba(X[test_idx])[:, 1]
    losses.append(log_loss(y[test_idx], p))
print("log loss %.4f +- %.4f" % (np.mean(losses), np.std(losses)))
