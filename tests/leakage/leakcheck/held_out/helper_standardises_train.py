import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

def standardise(frame, mean, spread):
    return (frame - mean) / spread

frame = pd.read_csv("beans.csv")
label = frame.pop("variety")
X_train, X_test, y_train, y_test = train_test_split(frame, label, test_size=0.3, random_state=11)
mean, spread = X_train.mean(), X_train.std()
X_train = standardise(X_train, mean, spread)
X_test = standardise(X_test, mean, spread)
svc = SVC().fit(X_train, y_train)
print(svc.score(X_test, y_test))
