import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("soil.csv")
X, y = df.drop(columns="kind"), df["kind"]
scores = []
for seed in range(20):
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=seed)
    scores.append(RandomForestClassifier(random_state=seed).fit(X_train, y_train).score(X_test, y_test))
print(np.mean(scores), np.std(scores))
