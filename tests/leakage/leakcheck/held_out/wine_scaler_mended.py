import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler

wine = pd.read_csv("wine.csv", sep=";")
features = wine.drop(columns="quality")
good = (wine["quality"] >= 7).astype(int)
X_tr, X_te, y_tr, y_te = train_test_split(features, good, test_size=0.25, random_state=7)
scaler = MinMaxScaler()
X_tr = scaler.fit_transform(X_tr)
X_te = scaler.transform(X_te)
clf = LogisticRegression(max_iter=500).fit(X_tr, y_tr)
print("accuracy", clf.score(X_te, y_te))
