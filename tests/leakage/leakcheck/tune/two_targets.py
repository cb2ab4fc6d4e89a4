import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

lab = pd.read_csv("lab.csv")
train, test = train_test_split(lab, random_state=0)
inputs = ["heat", "time"]
for target in ["strength", "colour"]:
    model = RandomForestRegressor().fit(train[inputs], train[target])
    print(target, r2_score(test[target], model.predict(test[inputs])))
