import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

X, y = load_breast_cancer(return_X_y=True)
inner = KFold(n_splits=4, shuffle=True, random_state=1)
outer = KFold(n_splits=5, shuffle=True, random_state=2)
pipe = make_pipeline(StandardScaler(), SVC())
grid = GridSearchCV(pipe, {"svc__C": [0.1, 1, 10], "svc__gamma": [0.001, 0.01]}, cv=inner)
nested = cross_val_score(grid, X, y, cv=outer)
print("nested", nested.mean())

by_hand = []
for train_idx, test_idx in outer.split(X, y):
    grid.fit(X[train_idx], y[train_idx])
    by_hand.append(grid.score(X[test_idx], y[test_idx]))
    print(grid.best_params_, by_hand[-1])
print("by hand", np.mean(by_hand))
