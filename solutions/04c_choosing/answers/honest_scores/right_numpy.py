"""Folds of shuffled rows, each model by itself, in arrays."""
import numpy as np
import pandas as pd


def honest_scores(models, X, y):
    columns, values, truth = X.columns, X.to_numpy(float), y.to_numpy()
    folds = np.array_split(np.random.default_rng(0).permutation(len(values)), 5)

    def fold_errors(predict):
        found = []
        for fold in folds:
            rest = np.setdiff1d(np.arange(len(values)), fold)
            medians = np.nanmedian(values[rest], axis=0)
            filled = np.where(np.isnan(values), medians, values)
            predicted = predict(pd.DataFrame(filled[rest], columns=columns), truth[rest],
                                pd.DataFrame(filled[fold], columns=columns))
            found.append(np.abs(truth[fold] - predicted).mean())
        return np.array(found)

    def with_model(model):
        def predict(X_train, y_train, X_test):
            model.fit(X_train, y_train)
            return model.predict(X_test)
        return predict

    base = fold_errors(lambda X_train, y_train, X_test: y_train.mean())
    report = {"baseline": (base.mean(), base.std(ddof=1), False)}
    for name, model in models.items():
        errors = fold_errors(with_model(model))
        report[name] = errors.mean(), errors.std(ddof=1), bool((errors < base).all())
    return pd.DataFrame.from_dict(report, orient="index", columns=["error", "spread", "beats"])
