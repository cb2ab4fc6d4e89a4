import pandas as pd
import lightgbm as lgb
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
df = pd.read_csv("d.csv")
rest, test = train_test_split(df, test_size=0.2)
train, check = train_test_split(rest, test_size=0.2)
feats = [c for c in df.columns if c != "y"]
kept, best = [], 0
for f in feats:
    m = lgb.LGBMClassifier().fit(train[kept + [f]], train["y"])
    auc = roc_auc_score(check["y"], m.predict_proba(check[kept + [f]])[:, 1])
    if auc > best:
        kept.append(f)
        best = auc
m = lgb.LGBMClassifier().fit(rest[kept], rest["y"])
print(kept, roc_auc_score(test["y"], m.predict_proba(test[kept])[:, 1]))
