"""Classifies news by topic; the vocabulary is learned from the training articles."""
import argparse
import re

import joblib
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import classification_report, f1_score
from sklearn.model_selection import RandomizedSearchCV, train_test_split
from sklearn.pipeline import Pipeline


def load(path):
    frame = pd.read_json(path, lines=True)
    frame["text"] = frame["headline"] + " " + frame["short_description"]
    frame["text"] = frame["text"].map(lambda text: re.sub(r"\W+", " ", text.lower()))
    frame = frame[frame["text"].str.len() > 20]
    return frame["text"], frame["category"]


def build():
    return Pipeline([
        ("tfidf", TfidfVectorizer(sublinear_tf=True, min_df=5)),
        ("clf", SGDClassifier(loss="log_loss", random_state=0)),
    ])


def search(model, X, y):
    space = {"tfidf__ngram_range": [(1, 1), (1, 2)], "clf__alpha": [1e-6, 1e-5, 1e-4]}
    found = RandomizedSearchCV(model, space, n_iter=5, cv=3, scoring="f1_macro", random_state=0)
    found.fit(X, y)
    print("best parameters", found.best_params_, "cv", found.best_score_)
    return found.best_estimator_


def main(arguments=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("--out", default="model.joblib")
    options = parser.parse_args(arguments)
    X, y = load(options.path)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=0)
    model = search(build(), X_train, y_train)
    predicted = model.predict(X_test)
    print(classification_report(y_test, predicted))
    print("macro F1", f1_score(y_test, predicted, average="macro"))
    joblib.dump(model, options.out)


if __name__ == "__main__":
    main()
