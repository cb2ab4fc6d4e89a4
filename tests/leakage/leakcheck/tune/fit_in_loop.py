import pandas as pd
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import RobustScaler
from sklearn.svm import LinearSVC

pumps = pd.read_csv("pumps.csv")
scalers = {}
for name in pumps.columns[:-1]:
    scalers[name] = RobustScaler()
    pumps[name] = scalers[name].fit_transform(pumps[[name]])
train, test = train_test_split(pumps, test_size=0.2)
model = LinearSVC().fit(train.iloc[:, :-1], train["broken"])
print(f1_score(test["broken"], model.predict(test.iloc[:, :-1])))
