import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
df = pd.read_csv("d.csv")
train, test = train_test_split(df, test_size=0.2, random_state=0)
train, val = train_test_split(train, test_size=0.2, random_state=0)
m = LogisticRegression().fit(train.drop(columns="y"), train["y"])
p = m.predict_proba(val.drop(columns="y"))[:, 1]
cut = max(np.linspace(0.05, 0.95, 19), key=lambda c: f1_score(val["y"], p > c))
print(f1_score(test["y"], m.predict_proba(test.drop(columns="y"))[:, 1] > cut))
