import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("breast_cancer.csv").drop(columns=["id", "Unnamed: 32"])
df["diagnosis"] = df["diagnosis"].map({"M": 1, "B": 0})
print(df.corr()["diagnosis"].sort_values())
X, y = df.drop(columns="diagnosis"), df["diagnosis"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=101)
corr = X_train.corr().abs()
upper = corr.where(np.triu(np.ones(corr.shape), k=1).astype(bool))
to_drop = [column for column in upper.columns if any(upper[column] > 0.95)]
X_train, X_test = X_train.drop(columns=to_drop), X_test.drop(columns=to_drop)
selector = SelectFromModel(RandomForestClassifier(random_state=0)).fit(X_train, y_train)
selected = X_train.columns[selector.get_support()]
model = LogisticRegression(max_iter=500).fit(X_train[selected], y_train)
print("Accuracy:", accuracy_score(y_test, model.predict(X_test[selected])))
