import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score, train_test_split

df = pd.read_csv("mushrooms.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop("class", axis=1), df["class"])
candidates = {"lr": LogisticRegression(), "rf": RandomForestClassifier()}
means = {name: cross_val_score(model, X_train, y_train, cv=5).mean() for name, model in candidates.items()}
winner = candidates[max(means, key=means.get)]
winner.fit(X_train, y_train)
print("test", winner.score(X_test, y_test))
