import pandas as pd
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
d = pd.read_csv("d.csv")
X = StandardScaler().fit_transform(d.drop(columns="y"))
g = GridSearchCV(SVC(), {"C": [1, 10]}, cv=5)
g.fit(X, d["y"])
print(g.best_score_, g.best_params_)
