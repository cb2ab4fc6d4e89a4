import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
X, y = train.drop(columns="y"), train["y"]
m = LogisticRegression()
print(cross_val_score(m, X, y).mean())
m.fit(X, y)
test["y"] = m.predict(test)
test.to_csv("submission.csv")
