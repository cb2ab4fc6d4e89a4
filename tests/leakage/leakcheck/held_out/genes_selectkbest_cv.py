import numpy as np
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.svm import SVC

X = np.load("expression.npy")
y = np.load("tumour.npy")
selector = SelectKBest(f_classif, k=30)
best = selector.fit_transform(X, y)
folds = StratifiedKFold(10, shuffle=True, random_state=0)
scores = cross_val_score(SVC(kernel="linear"), best, y, cv=folds)
print(scores.mean(), scores.std())
