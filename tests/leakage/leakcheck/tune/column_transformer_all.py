import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

census = pd.read_csv("census.csv")
numeric = Pipeline([("impute", SimpleImputer()), ("scale", StandardScaler())])
prepare = ColumnTransformer([("numeric", numeric, ["age", "hours"]), ("other", OneHotEncoder(), ["job"])])
X = prepare.fit_transform(census.drop("income", axis=1))
y = census["income"]
X_train, X_test, y_train, y_test = train_test_split(X, y)
forest = RandomForestClassifier().fit(X_train, y_train)
print(accuracy_score(y_test, forest.predict(X_test)))
