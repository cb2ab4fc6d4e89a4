"""Medians, scale and choice in a pipeline, which is fitted anew for each fold of whole customers."""

import numpy as np
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from dataml_lab.leakage.contamination import more_ones


def scored(X, y, new):
    prepare = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), SelectKBest(k=20))
    model = KNeighborsClassifier(n_neighbors=40, weights="distance")
    model.fit(*more_ones(prepare.fit_transform(X, y), y))
    return model.predict_proba(prepare.transform(new))[:, 1]


def honest_estimate(rows, new):
    rows = rows.drop_duplicates(subset=[column for column in rows if column != "customer"])
    X, y = rows.drop(columns=["customer", "accepted"]).to_numpy(), rows["accepted"].to_numpy()
    aucs = []
    for fitted, tested in GroupKFold(4).split(X, y, groups=rows["customer"]):
        aucs.append(roc_auc_score(y[tested], scored(X[fitted], y[fitted], X[tested])))
    return scored(X, y, new.drop(columns="customer").to_numpy()), np.mean(aucs)
