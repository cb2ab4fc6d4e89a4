import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.preprocessing import StandardScaler

energy = pd.read_csv("energy.csv", parse_dates=["day"])
energy[["wind", "sun"]] = StandardScaler().fit_transform(energy[["wind", "sun"]])
train = energy[energy["day"] < "2020-01-01"]
test = energy[energy["day"] >= "2020-01-01"]
model = RandomForestRegressor().fit(train[["wind", "sun"]], train["load"])
print(mean_absolute_error(test["load"], model.predict(test[["wind", "sun"]])))
