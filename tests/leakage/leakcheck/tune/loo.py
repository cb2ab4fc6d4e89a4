import numpy as np
from sklearn.model_selection import LeaveOneOut
from sklearn.neighbors import KNeighborsClassifier
from sklearn.metrics import accuracy_score
X, y = np.load("X.npy"), np.load("y.npy")
preds, truth = [], []
for train_ix, test_ix in LeaveOneOut().split(X):
    X_train, X_test = X[train_ix, :], X[test_ix, :]
    y_train, y_test = y[train_ix], y[test_ix]
    model = KNeighborsClassifier().fit(X_train, y_train)
    preds.append(model.predict(X_test)[0])
    truth.append(y_test[0])
print(accuracy_score(truth, preds))
