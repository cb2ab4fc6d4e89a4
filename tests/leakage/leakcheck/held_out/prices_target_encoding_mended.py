import lightgbm as lgb
import pandas as pd
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

flats = pd.read_parquet("flats.parquet")
train, test = train_test_split(flats, test_size=0.2, random_state=3)
by_district = train.groupby("district")["price"].mean()
for part in (train, test):
    part["district_price"] = part["district"].map(by_district).fillna(by_district.mean())
columns = ["rooms", "floor", "district_price"]
reg = lgb.LGBMRegressor().fit(train[columns], train["price"])
print(mean_squared_error(test["price"], reg.predict(test[columns])) ** 0.5)
