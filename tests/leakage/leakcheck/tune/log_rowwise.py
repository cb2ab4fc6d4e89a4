import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split

cars = pd.read_csv("cars.csv").dropna()
print(cars.describe(), cars.corr(numeric_only=True))
cars["weight"] = np.log(cars["weight"])
cars["bought"] = pd.to_datetime(cars["bought"])
cars["month"] = cars["bought"].dt.month
cars["ratio"] = cars["power"] / cars["weight"]
cars["spread"] = cars[["a", "b", "c"]].max(axis=1) - cars[["a", "b", "c"]].min(axis=1)
cars["old"] = cars["year"].apply(lambda year: 1 if year < 1990 else 0)
X_train, X_test, y_train, y_test = train_test_split(cars[["weight", "month", "ratio", "spread"]], cars["mpg"])
print(LinearRegression().fit(X_train, y_train).score(X_test, y_test))
