import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

def standardise(frame):
    return (frame - frame.mean()) / frame.std()

def load():
    frame = pd.read_csv("beans.csv")
    label = frame.pop("variety")
    return standardise(frame), label

X, y = load()
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=11)
svc = SVC().fit(X_train, y_train)
print(svc.score(X_test, y_test))
