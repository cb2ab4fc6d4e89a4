import lightgbm as lgb
import pandas as pd
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

flats = pd.read_parquet("flats.parquet")
by_district = flats.groupby("district")["price"].mean()
flats["district_price"] = flats["district"].map(by_district)
train, test = train_test_split(flats, test_size=0.2, random_state=3)
columns = ["rooms", "floor", "district_price"]
reg = lgb.LGBMRegressor().fit(train[columns], train["price"])
print(mean_squared_error(test["price"], reg.predict(test[columns])) ** 0.5)
