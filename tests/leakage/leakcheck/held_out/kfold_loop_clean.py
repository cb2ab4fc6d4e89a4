import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

data = pd.read_csv("clicks.csv").dropna()
data["hour"] = pd.to_datetime(data["time"]).dt.hour
data["log_price"] = np.log1p(data["price"])
X = data[["hour", "log_price"]].values
y = data["clicked"].values
aucs = []
for fit_rows, test_rows in StratifiedKFold(5, shuffle=True, random_state=1).split(X, y):
    scaler = StandardScaler().fit(X[fit_rows])
    model = LogisticRegression().fit(scaler.transform(X[fit_rows]), y[fit_rows])
    aucs.append(roc_auc_score(y[test_rows], model.predict_proba(scaler.transform(X[test_rows]))[:, 1]))
print(np.mean(aucs))
