import pandas as pd
from imblearn.over_sampling import RandomOverSampler
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split

def balance(X, y):
    sampler = RandomOverSampler(random_state=0)
    return sampler.fit_resample(X, y)

def run(path):
    df = pd.read_csv(path)
    X, y = balance(df.drop("label", axis=1), df["label"])
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)
    clf = RandomForestClassifier().fit(X_train, y_train)
    return classification_report(y_test, clf.predict(X_test))

print(run("data.csv"))
