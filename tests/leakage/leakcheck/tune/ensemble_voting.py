import pandas as pd
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
df = pd.read_csv("d.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="y"), df["y"])
lr, rf = LogisticRegression(), RandomForestClassifier()
vote = VotingClassifier([("lr", lr), ("rf", rf)])
vote.fit(X_train, y_train)
print("train", vote.score(X_train, y_train))
print("test", vote.score(X_test, y_test))
