import numpy as np
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import Perceptron

data = np.loadtxt("sonar.csv", delimiter=",")
np.random.shuffle(data)
n = int(0.8 * len(data))
train, test = data[:n], data[n:]
mean, std = train[:, :-1].mean(axis=0), train[:, :-1].std(axis=0)
X_train, X_test = (train[:, :-1] - mean) / std, (test[:, :-1] - mean) / std
clf = Perceptron().fit(X_train, train[:, -1])
print("test accuracy", (clf.predict(X_test) == test[:, -1]).mean())
