import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split

flats = pd.read_csv("flats.csv")
q1, q3 = flats["area"].quantile(0.25), flats["area"].quantile(0.75)
flats = flats[(flats["area"] > q1 - 1.5 * (q3 - q1)) & (flats["area"] < q3 + 1.5 * (q3 - q1))]
X_train, X_test, y_train, y_test = train_test_split(flats[["area"]], flats["price"])
print(LinearRegression().fit(X_train, y_train).score(X_test, y_test))
