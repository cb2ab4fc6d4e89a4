import numpy as np
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import Perceptron

data = np.loadtxt("sonar.csv", delimiter=",")
np.random.shuffle(data)
X, y = data[:, :-1], data[:, -1]
X = StandardScaler().fit_transform(X)
n = int(0.8 * len(X))
X_train, X_test = X[:n], X[n:]
y_train, y_test = y[:n], y[n:]
clf = Perceptron().fit(X_train, y_train)
print("test accuracy", (clf.predict(X_test) == y_test).mean())
