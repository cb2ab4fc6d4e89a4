import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

data = pd.read_csv("pixels.csv")
y = data.pop("label").values
X = PCA(n_components=20).fit_transform(data.values)
aucs = []
for train_index, test_index in StratifiedKFold(5).split(X, y):
    X_train, X_test = X[train_index], X[test_index]
    y_train, y_test = y[train_index], y[test_index]
    model = LogisticRegression().fit(X_train, y_train)
    aucs.append(roc_auc_score(y_test, model.decision_function(X_test)))
print(np.mean(aucs))
