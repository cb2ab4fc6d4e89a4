import gc
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

TARGET = "HasDetections"
N_FOLDS = 5


def reduce_mem_usage(df):
    for col in df.columns:
        if df[col].dtype == "float64":
            df[col] = df[col].astype("float32")
    return df


def make_features(df):
    df["date"] = pd.to_datetime(df["date"])
    df["month"] = df["date"].dt.month
    df["weekday"] = df["date"].dt.weekday
    df["n_missing"] = df.isnull().sum(axis=1)
    df["ratio"] = df["a"] / (df["b"] + 1)
    return df.drop(columns=["date"])


train = reduce_mem_usage(pd.read_csv("train.csv"))
test = reduce_mem_usage(pd.read_csv("test.csv"))
train, test = make_features(train), make_features(test)
features = [c for c in train.columns if c not in ("id", TARGET)]
for c in features:
    if train[c].dtype == "object":
        codes, uniques = pd.factorize(train[c])
        train[c] = codes
        test[c] = pd.Categorical(test[c], categories=uniques).codes

params = {"objective": "binary", "learning_rate": 0.03, "num_leaves": 63, "metric": "auc", "verbosity": -1}
oof = np.zeros(len(train))
predictions = np.zeros(len(test))
importance = pd.DataFrame()
skf = StratifiedKFold(n_splits=N_FOLDS, shuffle=True, random_state=2019)
for fold, (trn_idx, val_idx) in enumerate(skf.split(train, train[TARGET])):
    print("fold", fold)
    X_trn, y_trn = train.iloc[trn_idx][features], train.iloc[trn_idx][TARGET]
    X_val, y_val = train.iloc[val_idx][features], train.iloc[val_idx][TARGET]
    dtrain = lgb.Dataset(X_trn, label=y_trn)
    dvalid = lgb.Dataset(X_val, label=y_val)
    clf = lgb.train(params, dtrain, 10000, valid_sets=[dtrain, dvalid],
                    callbacks=[lgb.early_stopping(100), lgb.log_evaluation(200)])
    oof[val_idx] = clf.predict(X_val, num_iteration=clf.best_iteration)
    predictions += clf.predict(test[features], num_iteration=clf.best_iteration) / N_FOLDS
    imp = pd.DataFrame({"feature": features, "importance": clf.feature_importance(), "fold": fold})
    importance = pd.concat([importance, imp], axis=0)
    print("fold AUC", roc_auc_score(y_val, oof[val_idx]))
    del dtrain, dvalid
    gc.collect()
print("CV AUC", roc_auc_score(train[TARGET], oof))
sub = pd.read_csv("sample_submission.csv")
sub[TARGET] = predictions
sub.to_csv("submission.csv", index=False)
