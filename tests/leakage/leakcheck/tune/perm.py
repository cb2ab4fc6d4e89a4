import numpy as np
from sklearn.svm import SVC
from sklearn.preprocessing import StandardScaler
X, y = np.load("X.npy"), np.load("y.npy")
rng = np.random.default_rng(0)
idx = rng.permutation(len(X))
cut = int(0.7 * len(X))
tr, te = idx[:cut], idx[cut:]
sc = StandardScaler().fit(X[tr])
m = SVC().fit(sc.transform(X[tr]), y[tr])
print((m.predict(sc.transform(X[te])) == y[te]).mean())
