import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import PolynomialFeatures
df = pd.read_csv("d.csv")
X_train, X_test, y_train, y_test = train_test_split(df[["x"]], df["y"])
scores = []
degrees = [1, 2, 3, 5, 9]
for d in degrees:
    poly = PolynomialFeatures(d)
    A = poly.fit_transform(X_train)
    B = poly.transform(X_test)
    scores.append(r2_score(y_test, LinearRegression().fit(A, y_train).predict(B)))
print(degrees[int(np.argmax(scores))])
