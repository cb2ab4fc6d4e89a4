import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
df = pd.read_csv("d.csv")
X, y = SMOTE().fit_resample(df.drop(columns="y"), df["y"])
print(cross_val_score(LogisticRegression(), X, y, cv=StratifiedKFold(5), scoring="f1").mean())
