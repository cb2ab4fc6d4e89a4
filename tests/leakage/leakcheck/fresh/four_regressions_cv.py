import pandas as pd
from sklearn import linear_model, svm, tree, metrics
from sklearn.model_selection import train_test_split, cross_val_score
d = pd.read_csv("insurance.csv")
d = pd.get_dummies(d, drop_first=True)
X_train, X_test, y_train, y_test = train_test_split(d.drop("charges", axis=1), d.charges, test_size=0.2, random_state=0)
regs = [linear_model.LinearRegression(), linear_model.Lasso(), svm.SVR(), tree.DecisionTreeRegressor()]
cv = [cross_val_score(r, X_train, y_train, scoring="neg_root_mean_squared_error").mean() for r in regs]
best = regs[cv.index(max(cv))].fit(X_train, y_train)
pred = best.predict(X_test)
print(metrics.mean_absolute_error(y_test, pred), metrics.r2_score(y_test, pred))
residuals = y_test - pred
print(residuals.mean(), residuals.std())
