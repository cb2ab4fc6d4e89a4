import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

def split(path):
    d = pd.read_csv(path)
    return train_test_split(d.drop(columns="y"), d["y"], random_state=0)

def tree(X_train, y_train, X_test, y_test):
    m = DecisionTreeClassifier().fit(X_train, y_train)
    return accuracy_score(y_test, m.predict(X_test))

def forest(X_train, y_train, X_test, y_test):
    m = RandomForestClassifier().fit(X_train, y_train)
    return accuracy_score(y_test, m.predict(X_test))

def main():
    X_train, X_test, y_train, y_test = split("d.csv")
    scores = {"tree": tree(X_train, y_train, X_test, y_test), "forest": forest(X_train, y_train, X_test, y_test)}
    print("best:", max(scores, key=scores.get))

main()
