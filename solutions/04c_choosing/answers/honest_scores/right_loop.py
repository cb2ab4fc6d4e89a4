"""Every fifth row is a fold, in a loop."""
import numpy as np
import pandas as pd


def honest_scores(models, X, y):
    fold_of = np.arange(len(X)) % 5
    errors = []
    for fold in range(5):
        train, test = fold_of != fold, fold_of == fold
        medians = X[train].median()
        filled = X.fillna(medians)
        errors_here = {"baseline": (y[test] - y[train].mean()).abs().mean()}
        for name, model in models.items():
            model.fit(filled[train], y[train])
            predicted = model.predict(filled[test])
            errors_here[name] = (y[test] - predicted).abs().mean()
        errors.append(errors_here)
    errors = pd.DataFrame(errors)
    better = errors.lt(errors["baseline"], axis=0)
    return pd.DataFrame({"error": errors.mean(), "spread": errors.std(), "beats": better.all()})
