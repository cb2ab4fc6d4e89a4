import pandas as pd
import xgboost as xgb
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

bikes = pd.read_csv("bikes.csv")
X_train, X_test, y_train, y_test = train_test_split(bikes.drop(columns="count"), bikes["count"])
model = xgb.XGBRegressor(n_estimators=5000, early_stopping_rounds=50)
model.fit(X_train, y_train, eval_set=[(X_test, y_test)], verbose=False)
print("MAE", mean_absolute_error(y_test, model.predict(X_test)))
