import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import TimeSeriesSplit
from sklearn.preprocessing import StandardScaler
s = pd.read_csv("s.csv", parse_dates=["t"]).sort_values("t")
s["lag"] = s["v"].shift(1)
s = s.dropna()
errors = []
for tr, te in TimeSeriesSplit(5).split(s):
    a, b = s.iloc[tr], s.iloc[te]
    sc = StandardScaler().fit(a[["lag"]])
    m = LinearRegression().fit(sc.transform(a[["lag"]]), a["v"])
    errors.append(mean_absolute_error(b["v"], m.predict(sc.transform(b[["lag"]]))))
print(sum(errors) / len(errors))
