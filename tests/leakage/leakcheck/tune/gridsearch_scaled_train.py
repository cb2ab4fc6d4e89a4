import pandas as pd
from sklearn.model_selection import GridSearchCV, train_test_split, cross_val_score
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
d = pd.read_csv("d.csv")
X_train, X_test, y_train, y_test = train_test_split(d.drop(columns="y"), d["y"])
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.transform(X_test)
print(cross_val_score(SVC(), X_train, y_train).mean())
g = GridSearchCV(SVC(), {"C": [1, 10]}, cv=5)
g.fit(X_train, y_train)
print(g.score(X_test, y_test))
