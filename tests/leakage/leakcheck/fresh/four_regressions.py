import pandas as pd
from sklearn import linear_model, svm, tree, metrics
from sklearn.model_selection import train_test_split
d = pd.read_csv("insurance.csv")
d = pd.get_dummies(d, drop_first=True)
X_train, X_test, y_train, y_test = train_test_split(d.drop("charges", axis=1), d.charges, test_size=0.2, random_state=0)
regs = [linear_model.LinearRegression(), linear_model.Lasso(), svm.SVR(), tree.DecisionTreeRegressor()]
rmse = []
for r in regs:
    r.fit(X_train, y_train)
    rmse.append(metrics.mean_squared_error(y_test, r.predict(X_test)) ** 0.5)
print(pd.Series(rmse, index=[type(r).__name__ for r in regs]).idxmin())
