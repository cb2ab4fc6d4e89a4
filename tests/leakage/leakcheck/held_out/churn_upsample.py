import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import recall_score
from sklearn.model_selection import train_test_split
from sklearn.utils import resample

churn = pd.read_csv("churn.csv")
stayed = churn[churn.left == 0]
left = churn[churn.left == 1]
left_up = resample(left, replace=True, n_samples=len(stayed), random_state=1)
balanced = pd.concat([stayed, left_up])
X = balanced.drop("left", axis=1)
y = balanced.left
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)
model = RandomForestClassifier()
model.fit(X_train, y_train)
print("recall:", recall_score(y_test, model.predict(X_test)))
