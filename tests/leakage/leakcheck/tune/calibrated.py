import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import train_test_split
df = pd.read_csv("d.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="y"), df["y"], stratify=df["y"])
rf = CalibratedClassifierCV(RandomForestClassifier(), cv=5)
rf.fit(X_train, y_train)
p = rf.predict_proba(X_test)[:, 1]
for name, metric in {"auc": roc_auc_score, "brier": brier_score_loss}.items():
    print(name, metric(y_test, p))
