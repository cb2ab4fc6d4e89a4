import pandas as pd
from sklearn.ensemble import IsolationForest
from sklearn.metrics import classification_report
d = pd.read_csv("d.csv")
X = d.drop(columns="fraud")
iso = IsolationForest(contamination=0.01)
pred = iso.fit_predict(X)
print(classification_report(d["fraud"], pred == -1))
