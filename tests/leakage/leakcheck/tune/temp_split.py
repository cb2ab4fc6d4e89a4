import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error as mse
from sklearn.model_selection import train_test_split
df = pd.read_csv("d.csv")
X_train, X_temp, y_train, y_temp = train_test_split(df.drop(columns="y"), df["y"], test_size=0.4)
X_cv, X_test, y_cv, y_test = train_test_split(X_temp, y_temp, test_size=0.5)
errors = [mse(y_cv, Ridge(a).fit(X_train, y_train).predict(X_cv)) for a in (0.1, 1, 10)]
a = (0.1, 1, 10)[errors.index(min(errors))]
print(mse(y_test, Ridge(a).fit(X_train, y_train).predict(X_test)))
