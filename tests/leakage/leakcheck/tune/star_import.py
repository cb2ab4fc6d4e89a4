from pandas import *
from sklearn.preprocessing import *
from sklearn.linear_model import *
from sklearn.model_selection import *
d = read_csv("d.csv")
X = d.drop("y", axis=1)
try:
    X = StandardScaler().fit_transform(X)
except ValueError:
    print("no scaling")
a, b, c, e = train_test_split(X, d["y"])
print(LogisticRegression().fit(a, c).score(b, e))
