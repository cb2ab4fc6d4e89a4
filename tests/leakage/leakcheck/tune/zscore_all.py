import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split

cars = pd.read_csv("cars.csv")
for column in ["weight", "power"]:
    cars[column] = (cars[column] - cars[column].mean()) / cars[column].std()
X_train, X_test, y_train, y_test = train_test_split(cars[["weight", "power"]], cars["mpg"])
print(LinearRegression().fit(X_train, y_train).score(X_test, y_test))
