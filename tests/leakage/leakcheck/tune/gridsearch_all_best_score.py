import pandas as pd
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
d = pd.read_csv("d.csv")
g = GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [1, 10]}, cv=5)
g.fit(d.drop(columns="y"), d["y"])
print(g.best_score_, g.best_params_)
