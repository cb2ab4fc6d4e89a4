import numpy as np
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split
X, y = np.load("X.npy"), np.load("y.npy")
X_train, X_test, y_train, y_test = train_test_split(X, y)
model = SGDClassifier()
history = []
for epoch in range(10):
    model.partial_fit(X_train, y_train, classes=[0, 1])
    history.append(model.score(X_train, y_train))
    print(epoch, history[-1])
print("test", model.score(X_test, y_test))
