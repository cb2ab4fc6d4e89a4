import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error

sales = pd.read_csv("sales.csv", parse_dates=["date"]).sort_values(["store", "date"])
sales["dow"] = sales["date"].dt.dayofweek
means = sales.groupby(["store", "dow"])["units"].agg(["mean", "std"]).reset_index()
means.columns = ["store", "dow", "store_mean", "store_std"]
sales = sales.merge(means, on=["store", "dow"], how="left")
features = ["dow", "store_mean", "store_std"]
train = sales[sales["date"] < "2017-01-01"]
test = sales[sales["date"] >= "2017-01-01"]
model = lgb.LGBMRegressor(n_estimators=500)
model.fit(train[features], train["units"])
print("test MAE", mean_absolute_error(test["units"], model.predict(test[features])))
