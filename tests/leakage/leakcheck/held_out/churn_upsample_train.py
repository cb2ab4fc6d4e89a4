import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import recall_score
from sklearn.model_selection import train_test_split
from sklearn.utils import resample

churn = pd.read_csv("churn.csv")
train, test = train_test_split(churn, test_size=0.2, stratify=churn.left)
stayed = train[train.left == 0]
left = train[train.left == 1]
left_up = resample(left, replace=True, n_samples=len(stayed), random_state=1)
train = pd.concat([stayed, left_up])
model = RandomForestClassifier()
model.fit(train.drop("left", axis=1), train.left)
print("recall:", recall_score(test.left, model.predict(test.drop("left", axis=1))))
