import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.linear_model import Ridge
df = pd.read_csv("d.csv")
values = {"a": df["a"].mean(), "b": df["b"].median()}
df = df.fillna(value=values)
X_train, X_test, y_train, y_test = train_test_split(df[["a", "b"]], df["y"])
print(Ridge().fit(X_train, y_train).score(X_test, y_test))
