import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.linear_model import Ridge
from sklearn.impute import SimpleImputer
df = pd.read_csv("d.csv")
print(df["y"].mean(), df["y"].std())
X_train, X_test, y_train, y_test = train_test_split(df[["a", "b"]], df["y"], random_state=0)
imp = SimpleImputer(strategy="mean")
imp.fit(X_train)
model = Ridge().fit(imp.transform(X_train), y_train)
baseline = y_train.mean()
print("baseline", ((y_test - baseline) ** 2).mean(), "model", ((y_test - model.predict(imp.transform(X_test))) ** 2).mean())
