import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold, train_test_split

data = pd.read_csv("santander.csv")
y = data.pop("target").values
X = data.drop(columns="ID").values
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=3)


def out_of_fold(clf, X_train, y_train, X_test, n=5):
    oof_train = np.zeros(len(X_train))
    oof_test = np.zeros((len(X_test), n))
    for i, (tr, te) in enumerate(KFold(n_splits=n, shuffle=True, random_state=0).split(X_train)):
        clf.fit(X_train[tr], y_train[tr])
        oof_train[te] = clf.predict_proba(X_train[te])[:, 1]
        oof_test[:, i] = clf.predict_proba(X_test)[:, 1]
    return oof_train.reshape(-1, 1), oof_test.mean(axis=1).reshape(-1, 1)


rf_train, rf_test = out_of_fold(RandomForestClassifier(200), X_train, y_train, X_test)
et_train, et_test = out_of_fold(ExtraTreesClassifier(200), X_train, y_train, X_test)
S_train = np.concatenate([rf_train, et_train], axis=1)
S_test = np.concatenate([rf_test, et_test], axis=1)
meta = LogisticRegression().fit(S_train, y_train)
print("stacked AUC", roc_auc_score(y_test, meta.predict_proba(S_test)[:, 1]))
