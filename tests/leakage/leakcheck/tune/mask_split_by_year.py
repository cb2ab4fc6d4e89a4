import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.preprocessing import StandardScaler

energy = pd.read_csv("energy.csv", parse_dates=["day"])
energy["lag"] = energy["load"].shift(1)
energy["week"] = energy["load"].shift(1).rolling(7).mean()
energy = energy.dropna()
train = energy[energy["day"] < "2020-01-01"]
test = energy[energy["day"] >= "2020-01-01"]
scaler = StandardScaler().fit(train[["lag", "week"]])
model = RandomForestRegressor().fit(scaler.transform(train[["lag", "week"]]), train["load"])
print(mean_absolute_error(test["load"], model.predict(scaler.transform(test[["lag", "week"]]))))
