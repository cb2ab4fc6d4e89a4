import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

genes = pd.read_csv("genes.csv")
strength = genes.corr()["growth"].abs()
chosen = strength[strength > 0.3].index.drop("growth")
X_train, X_test, y_train, y_test = train_test_split(genes[chosen], genes["growth"])
model = LinearRegression().fit(X_train, y_train)
print(mean_squared_error(y_test, model.predict(X_test)))
