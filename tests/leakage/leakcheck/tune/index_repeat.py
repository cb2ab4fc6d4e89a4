import pandas as pd
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
d = pd.read_csv("d.csv")
d = d.loc[d.index.repeat(d["weight"])]
a, b = train_test_split(d)
print(LogisticRegression().fit(a[["x"]], a["y"]).score(b[["x"]], b["y"]))
