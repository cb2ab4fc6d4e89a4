import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import RFE
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("breast_cancer.csv").drop(columns=["id", "Unnamed: 32"])
df["diagnosis"] = df["diagnosis"].map({"M": 1, "B": 0})
corr = df.corr().abs()
upper = corr.where(np.triu(np.ones(corr.shape), k=1).astype(bool))
to_drop = [column for column in upper.columns if any(upper[column] > 0.95)]
df = df.drop(columns=to_drop)
X, y = df.drop(columns="diagnosis"), df["diagnosis"]
rfe = RFE(estimator=RandomForestClassifier(), n_features_to_select=10)
rfe.fit(X, y)
selected = X.columns[rfe.support_]
X_train, X_test, y_train, y_test = train_test_split(X[selected], y, test_size=0.3, random_state=101)
model = LogisticRegression(max_iter=500).fit(X_train, y_train)
print("Accuracy:", accuracy_score(y_test, model.predict(X_test)))
