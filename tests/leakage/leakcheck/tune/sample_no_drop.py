import pandas as pd
from sklearn.tree import DecisionTreeRegressor
from sklearn.metrics import mean_squared_error
df = pd.read_csv("d.csv")
test = df.sample(frac=0.2, random_state=1)
m = DecisionTreeRegressor().fit(df.drop(columns="y"), df["y"])
print(mean_squared_error(test["y"], m.predict(test.drop(columns="y"))))
