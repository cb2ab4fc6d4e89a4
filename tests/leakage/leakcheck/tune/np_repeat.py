import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
X, y = np.load("X.npy"), np.load("y.npy")
rare = X[y == 1]
X = np.vstack([X, np.repeat(rare, 4, axis=0)])
y = np.hstack([y, np.ones(len(rare) * 4)])
a, b, c, e = train_test_split(X, y)
print(LogisticRegression().fit(a, c).score(b, e))
