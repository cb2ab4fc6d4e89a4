import pandas as pd
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import Pipeline
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_validate
df = pd.read_csv("d.csv")
pipe = Pipeline([("smote", SMOTE()), ("clf", LogisticRegression())])
res = cross_validate(pipe, df.drop(columns="y"), df["y"], cv=StratifiedKFold(5), scoring=["f1", "roc_auc"])
print(res["test_f1"].mean())
