import pandas as pd
from catboost import CatBoostRegressor
from sklearn.model_selection import train_test_split

shops = pd.read_csv("shops.csv")
shops["mean_area"] = shops.groupby("town")["area"].transform("mean")
X_train, X_test, y_train, y_test = train_test_split(shops[["mean_area", "area"]], shops["sales"], random_state=4)
model = CatBoostRegressor(verbose=0)
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
