import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score
from sklearn.model_selection import train_test_split

claims = pd.read_csv("claims.csv")
X = claims.drop(columns="fraud")
y = claims["fraud"]
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
dummy = DummyClassifier(strategy="prior").fit(X_train, y_train)
model = HistGradientBoostingClassifier().fit(X_train, y_train)
for name, one in [("dummy", dummy), ("boosting", model)]:
    print(name, average_precision_score(y_test, one.predict_proba(X_test)[:, 1]))
