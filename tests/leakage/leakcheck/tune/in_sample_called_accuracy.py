import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.tree import DecisionTreeClassifier

iris = pd.read_csv("iris.csv")
X = iris.iloc[:, 0:4]
y = iris.iloc[:, 4]
tree = DecisionTreeClassifier()
tree.fit(X, y)
predicted = tree.predict(X)
print("The model is this accurate:", accuracy_score(y, predicted))
