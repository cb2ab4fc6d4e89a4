import pandas as pd
from sklearn.linear_model import Lasso
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

ads = pd.read_csv("ads.csv")
X, y = ads.iloc[:, :-1], ads.iloc[:, -1]
X_train, X_test, y_train, y_test = train_test_split(X, y)
scaler = StandardScaler().fit(X)
lasso = Lasso().fit(scaler.transform(X_train), y_train)
print(r2_score(y_test, lasso.predict(scaler.transform(X_test))))
