import pandas as pd
import xgboost as xgb
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
d = pd.read_csv("d.csv")
X_train, X_test, y_train, y_test = train_test_split(d.drop(columns="y"), d["y"])
dtrain = xgb.DMatrix(X_train, label=y_train)
dtest = xgb.DMatrix(X_test, label=y_test)
watchlist = [(dtrain, "train"), (dtest, "eval")]
bst = xgb.train({"eta": 0.1}, dtrain, 1000, evals=watchlist, early_stopping_rounds=20)
print(mean_squared_error(y_test, bst.predict(dtest)))
