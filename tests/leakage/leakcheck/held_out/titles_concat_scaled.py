import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

train = pd.read_csv("train.csv")
test = pd.read_csv("test.csv")
target = train.pop("bought")
both = pd.concat([train, test], ignore_index=True)
both = pd.get_dummies(both, columns=["channel"])
scaler = StandardScaler()
both[["age", "spent"]] = scaler.fit_transform(both[["age", "spent"]])
X_train = both[:len(train)]
X_test = both[len(train):]
clf = LogisticRegression()
clf.fit(X_train, target)
pd.Series(clf.predict(X_test)).to_csv("answers.csv")
