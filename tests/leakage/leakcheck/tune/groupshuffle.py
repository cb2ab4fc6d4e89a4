import pandas as pd
from sklearn.model_selection import GroupShuffleSplit
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import LogisticRegression
df = pd.read_csv("visits.csv")
X, y, groups = df.drop(columns=["y", "user"]), df["y"], df["user"]
train_idx, test_idx = next(GroupShuffleSplit(n_splits=1, test_size=0.2).split(X, y, groups))
X_train, X_test = X.iloc[train_idx], X.iloc[test_idx]
y_train, y_test = y.iloc[train_idx], y.iloc[test_idx]
sc = StandardScaler().fit(X_train)
clf = LogisticRegression().fit(sc.transform(X_train), y_train)
print(clf.score(sc.transform(X_test), y_test))
