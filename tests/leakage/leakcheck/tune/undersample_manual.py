import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
df = pd.read_csv("d.csv")
fraud = df[df["y"] == 1]
normal = df[df["y"] == 0].sample(n=len(fraud), random_state=0)
small = pd.concat([fraud, normal])
X_train, X_test, y_train, y_test = train_test_split(small.drop(columns="y"), small["y"])
print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
