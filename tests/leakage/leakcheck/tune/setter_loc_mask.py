import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.linear_model import Ridge
df = pd.read_csv("d.csv")
m = df["a"].median()
df.loc[df["a"].isnull(), "a"] = m
df["b"] = np.where(df["b"].isna(), df["b"].mean(), df["b"])
X_train, X_test, y_train, y_test = train_test_split(df[["a", "b"]], df["y"])
print(Ridge().fit(X_train, y_train).score(X_test, y_test))
