import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

def scale(train, test):
    scaler = StandardScaler()
    return scaler.fit_transform(train), scaler.transform(test)

df = pd.read_csv("d.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="y"), df["y"])
X_train, X_test = scale(X_train, X_test)
print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
