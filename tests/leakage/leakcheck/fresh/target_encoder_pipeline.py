import pandas as pd
from category_encoders import TargetEncoder
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline
df = pd.read_csv("d.csv")
X, y = df.drop(columns="t"), df["t"]
pipe = Pipeline(steps=[("te", TargetEncoder(cols=["city"])), ("gb", GradientBoostingClassifier())])
print(cross_val_score(pipe, X, y, cv=StratifiedKFold(5)).mean())
