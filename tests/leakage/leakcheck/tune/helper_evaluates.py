import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Lasso, Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

df = pd.read_csv("rent.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop("rent", axis=1), df["rent"])

def evaluate(model):
    model.fit(X_train, y_train)
    return mean_squared_error(y_test, model.predict(X_test))

scores = [evaluate(Lasso()), evaluate(Ridge()), evaluate(RandomForestRegressor())]
print(min(scores))
