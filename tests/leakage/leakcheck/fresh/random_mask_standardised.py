import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
rng = np.random.default_rng(1)
df = pd.read_csv("d.csv")
df["x"] = (df["x"] - df["x"].mean()) / df["x"].std()
mask = rng.random(len(df)) < 0.8
train, test = df[mask], df[~mask]
m = LogisticRegression().fit(train[["x"]], train["y"])
print(log_loss(test["y"], m.predict_proba(test[["x"]])))
