import pandas as pd
from sklearn import preprocessing
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

df = pd.read_csv("data.csv")
y = df.pop("bought")
shown = preprocessing.scale(df)
print(shown.mean(axis=0), shown.std(axis=0))
X_train, X_test, y_train, y_test = train_test_split(df, y, test_size=0.33)
clf = LogisticRegression().fit(X_train, y_train)
print(clf.score(X_test, y_test))
