"""The models are wrapped for scikit-learn, which fills the holes in a pipeline and makes the folds."""
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.dummy import DummyRegressor
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline


class Wrapped(RegressorMixin, BaseEstimator):
    def __init__(self, model):
        self.model = model

    def fit(self, X, y):
        self.model.fit(X, y)
        self.fitted_ = True
        return self

    def predict(self, X):
        return self.model.predict(X)


def honest_scores(models, X, y):
    folds = KFold(5, shuffle=True, random_state=3)
    all_models = {"baseline": DummyRegressor(), **{name: Wrapped(model) for name, model in models.items()}}
    errors = {}
    for name, model in all_models.items():
        pipeline = make_pipeline(SimpleImputer(strategy="median"), model)
        errors[name] = -cross_val_score(pipeline, X, y, cv=folds, scoring="neg_mean_absolute_error")
    rows = [[e.mean(), e.std(ddof=1), bool((e < errors["baseline"]).all())] for e in errors.values()]
    return pd.DataFrame(rows, index=list(errors), columns=["error", "spread", "beats"])
