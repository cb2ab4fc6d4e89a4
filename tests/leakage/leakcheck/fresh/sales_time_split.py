import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error

sales = pd.read_csv("sales.csv", parse_dates=["date"]).sort_values(["store", "date"])
for lag in (1, 7, 14):
    sales[f"lag_{lag}"] = sales.groupby("store")["units"].shift(lag)
sales["rolling_7"] = sales.groupby("store")["units"].transform(lambda s: s.shift(1).rolling(7).mean())
sales["dow"] = sales["date"].dt.dayofweek
sales["days"] = (sales["date"] - pd.Timestamp("2015-01-01")).dt.days
sales = sales.dropna()
features = ["lag_1", "lag_7", "lag_14", "rolling_7", "dow", "days"]
train = sales[sales["date"] < "2017-01-01"]
valid = sales[(sales["date"] >= "2017-01-01") & (sales["date"] < "2017-07-01")]
test = sales[sales["date"] >= "2017-07-01"]

best = None
for leaves in (15, 31, 63):
    model = lgb.LGBMRegressor(n_estimators=2000, num_leaves=leaves, learning_rate=0.05)
    model.fit(train[features], train["units"], eval_set=[(valid[features], valid["units"])],
              callbacks=[lgb.early_stopping(50)])
    mae = mean_absolute_error(valid["units"], model.predict(valid[features]))
    if best is None or mae < best[0]:
        best = (mae, leaves, model.best_iteration_)
print("chosen", best)
final = lgb.LGBMRegressor(n_estimators=best[2], num_leaves=best[1], learning_rate=0.05)
final.fit(sales[sales["date"] < "2017-07-01"][features], sales[sales["date"] < "2017-07-01"]["units"])
print("test MAE", mean_absolute_error(test["units"], final.predict(test[features])))
print("naive MAE", mean_absolute_error(test["units"], test["lag_7"]))
