import pandas as pd
from sklearn.model_selection import RepeatedKFold, cross_val_score
from sklearn.linear_model import Ridge, Lasso
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler
df = pd.read_csv("d.csv")
X, y = df.drop(columns="y"), df["y"]
for name, m in [("ridge", Ridge()), ("lasso", Lasso())]:
    est = TransformedTargetRegressor(make_pipeline(StandardScaler(), m), transformer=QuantileTransformer())
    s = cross_val_score(est, X, y, cv=RepeatedKFold(n_splits=5, n_repeats=3))
    print(name, s.mean())
