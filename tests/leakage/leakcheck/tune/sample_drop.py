import pandas as pd
from sklearn.tree import DecisionTreeRegressor
from sklearn.metrics import mean_squared_error
df = pd.read_csv("d.csv")
train = df.sample(frac=0.8, random_state=1)
test = df.drop(train.index)
m = DecisionTreeRegressor().fit(train.drop(columns="y"), train["y"])
print(mean_squared_error(test["y"], m.predict(test.drop(columns="y"))))
