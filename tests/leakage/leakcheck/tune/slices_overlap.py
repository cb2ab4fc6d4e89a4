import numpy as np
from sklearn.linear_model import Ridge

X, y = np.load("x.npy"), np.load("y.npy")
X_train, y_train = X[:900], y[:900]
X_test, y_test = X[800:], y[800:]
print(Ridge().fit(X_train, y_train).score(X_test, y_test))
