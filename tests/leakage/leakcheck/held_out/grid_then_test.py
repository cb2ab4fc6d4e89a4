import pandas as pd
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

heart = pd.read_csv("heart.csv")
X_train, X_test, y_train, y_test = train_test_split(heart.drop("target", axis=1), heart.target, random_state=42)
pipe = Pipeline([("scale", StandardScaler()), ("svc", SVC())])
search = GridSearchCV(pipe, {"svc__C": [0.1, 1, 10]}, cv=5)
search.fit(X_train, y_train)
print(search.best_params_, search.best_score_)
pred = search.predict(X_test)
print(accuracy_score(y_test, pred), f1_score(y_test, pred))
print(confusion_matrix(y_test, pred))
print("train", search.score(X_train, y_train), "test", search.score(X_test, y_test))
