import numpy as np
from sklearn.svm import SVC
X, y = np.load("X.npy"), np.load("y.npy")
X = (X - np.mean(X, axis=0)) / np.std(X, axis=0)
rng = np.random.default_rng(0)
idx = rng.permutation(len(X))
cut = int(0.7 * len(X))
m = SVC().fit(X[idx[:cut]], y[idx[:cut]])
print((m.predict(X[idx[cut:]]) == y[idx[cut:]]).mean())
