import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder

rides = pd.read_csv("rides.csv")
rides["band"] = pd.cut(rides["age"], bins=[0, 18, 40, 65, 120], labels=False)
rides["city"] = rides["city"].astype("category").cat.codes
y = LabelEncoder().fit_transform(rides["tip"])
X_train, X_test, y_train, y_test = train_test_split(rides[["band", "km", "city"]], y)
LogisticRegression().fit(X_train, y_train).score(X_test, y_test)
