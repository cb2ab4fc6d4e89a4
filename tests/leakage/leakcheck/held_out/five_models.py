import pandas as pd
from sklearn.ensemble import AdaBoostClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

heart = pd.read_csv("heart.csv")
X_train, X_test, y_train, y_test = train_test_split(heart.drop("target", axis=1), heart.target, random_state=42)
models = {
    "logistic": LogisticRegression(),
    "tree": DecisionTreeClassifier(),
    "forest": RandomForestClassifier(),
    "boosted": AdaBoostClassifier(),
}
results = {}
for name, model in models.items():
    model.fit(X_train, y_train)
    results[name] = accuracy_score(y_test, model.predict(X_test))
best = max(results, key=results.get)
print("best model:", best, results[best])
