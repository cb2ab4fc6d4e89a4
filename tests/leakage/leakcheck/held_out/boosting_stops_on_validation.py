import pandas as pd
import xgboost as xgb
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

bikes = pd.read_csv("bikes.csv")
X, y = bikes.drop(columns="count"), bikes["count"]
X_full, X_test, y_full, y_test = train_test_split(X, y)
X_train, X_stop, y_train, y_stop = train_test_split(X_full, y_full, test_size=0.15)
model = xgb.XGBRegressor(n_estimators=5000, early_stopping_rounds=50)
model.fit(X_train, y_train, eval_set=[(X_stop, y_stop)], verbose=False)
print("MAE", mean_absolute_error(y_test, model.predict(X_test)))
