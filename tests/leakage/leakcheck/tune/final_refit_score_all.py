import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
d = pd.read_csv("d.csv")
X, y = d.drop(columns="y"), d["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y)
m = LogisticRegression().fit(X_train, y_train)
print("train", m.score(X_train, y_train))
print("test", m.score(X_test, y_test))
m.fit(X, y)
print(m.predict(X[:5]))
