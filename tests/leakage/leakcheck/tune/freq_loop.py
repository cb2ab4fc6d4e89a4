import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.linear_model import Ridge
df = pd.read_csv("d.csv")
for c in ["city", "job"]:
    freq = df[c].value_counts(normalize=True).to_dict()
    df[c + "_freq"] = df[c].map(freq)
X_train, X_test, y_train, y_test = train_test_split(df[["city_freq", "job_freq"]], df["y"])
print(Ridge().fit(X_train, y_train).score(X_test, y_test))
