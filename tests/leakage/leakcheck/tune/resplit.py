import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
df = pd.read_csv("d.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
rf = RandomForestClassifier().fit(X_train, y_train)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=2)
print("test", rf.score(X_test, y_test))
