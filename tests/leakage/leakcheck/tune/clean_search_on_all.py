import pandas as pd
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score

df = pd.read_csv("stars.csv")
X, y = df.drop("kind", axis=1), df["kind"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=8)
grid = GridSearchCV(RandomForestClassifier(), {"max_depth": [3, 5, 9]}, cv=5)
grid.fit(X, y)
model = grid.best_estimator_
print(accuracy_score(y_test, model.predict(X_test)))
