import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
rng = np.random.default_rng(1)
df = pd.read_csv("d.csv")
mask = rng.random(len(df)) < 0.8
train, test = df[mask].copy(), df[~mask].copy()
mu, sd = train["x"].mean(), train["x"].std()
for part in (train, test):
    part["x"] = (part["x"] - mu) / sd
m = LogisticRegression().fit(train[["x"]], train["y"])
print(log_loss(test["y"], m.predict_proba(test[["x"]])))
