import pandas as pd
from catboost import CatBoostClassifier, Pool
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
d = pd.read_csv("d.csv")
X_train, X_test, y_train, y_test = train_test_split(d.drop(columns="y"), d["y"])
train_pool, test_pool = Pool(X_train, y_train), Pool(X_test, y_test)
m = CatBoostClassifier(iterations=1000)
m.fit(train_pool, eval_set=test_pool)
print(roc_auc_score(y_test, m.predict_proba(X_test)[:, 1]))
