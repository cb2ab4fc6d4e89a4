import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.impute import SimpleImputer
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
train = pd.read_csv("train.csv", index_col="Id")
test = pd.read_csv("test.csv", index_col="Id")
y = train.pop("SalePrice")
X_train, X_valid, y_train, y_valid = train_test_split(train, y, random_state=0)
imputer = SimpleImputer()
X_train = imputer.fit_transform(X_train)
X_valid = imputer.transform(X_valid)

def score(n):
    model = RandomForestRegressor(n_estimators=n, random_state=0)
    model.fit(X_train, y_train)
    return mean_absolute_error(y_valid, model.predict(X_valid))

results = {n: score(n) for n in (50, 100, 200)}
best = min(results, key=results.get)
final = RandomForestRegressor(n_estimators=best, random_state=0).fit(X_train, y_train)
pd.DataFrame({"Id": test.index, "SalePrice": final.predict(imputer.transform(test))}).to_csv("out.csv")
