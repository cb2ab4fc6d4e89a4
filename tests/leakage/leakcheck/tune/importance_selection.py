import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

genes = pd.read_csv("genes.csv")
X, y = genes.drop(columns="ill"), genes["ill"]
trees = ExtraTreesClassifier().fit(X, y)
order = np.argsort(trees.feature_importances_)[::-1]
best = X.columns[order[:20]]
X_train, X_test, y_train, y_test = train_test_split(X[best], y)
print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
