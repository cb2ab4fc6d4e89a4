import numpy as np
import pandas as pd
from sklearn.model_selection import KFold
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
df = pd.read_csv("d.csv")
df = df.assign(z=lambda d: (d["x"] - d["x"].mean()) / d["x"].std())
errs = []
for fold, (a, b) in enumerate(KFold(5, shuffle=True).split(df)):
    m = Ridge().fit(df.iloc[a][["z"]], df.iloc[a]["y"])
    errs.append(mean_squared_error(df.iloc[b]["y"], m.predict(df.iloc[b][["z"]])))
print(np.mean(errs))
