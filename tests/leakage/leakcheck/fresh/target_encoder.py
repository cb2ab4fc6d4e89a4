import pandas as pd
from category_encoders import TargetEncoder
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score
df = pd.read_csv("d.csv")
X, y = df.drop(columns="t"), df["t"]
X = TargetEncoder(cols=["city"]).fit_transform(X, y)
print(cross_val_score(GradientBoostingClassifier(), X, y, cv=StratifiedKFold(5)).mean())
