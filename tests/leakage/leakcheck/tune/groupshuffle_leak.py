import pandas as pd
from sklearn.model_selection import GroupShuffleSplit
from sklearn.impute import KNNImputer
from sklearn.linear_model import LogisticRegression
df = pd.read_csv("visits.csv")
X, y, groups = df.drop(columns=["y", "user"]), df["y"], df["user"]
X = pd.DataFrame(KNNImputer().fit_transform(X), columns=X.columns)
train_idx, test_idx = next(GroupShuffleSplit(n_splits=1, test_size=0.2).split(X, y, groups))
X_train, X_test = X.iloc[train_idx], X.iloc[test_idx]
clf = LogisticRegression().fit(X_train, y.iloc[train_idx])
print(clf.score(X_test, y.iloc[test_idx]))
