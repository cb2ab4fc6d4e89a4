import pandas as pd
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split
a = pd.read_csv("a.csv")
b = pd.read_csv("b.csv")
X_train, X_test, y_train, y_test = train_test_split(a.drop(columns="y"), a["y"])
print(LinearRegression().fit(X_train, y_train).score(X_test, y_test))
X_train, X_test, y_train, y_test = train_test_split(b.drop(columns="y"), b["y"])
print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
