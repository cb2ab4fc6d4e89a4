import polars as pl
import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import PowerTransformer
df = pl.read_csv("d.csv").to_pandas()
pt = PowerTransformer()
num = df.columns[1:5]
df[num] = pt.fit_transform(df[num])
tr, te = train_test_split(df, test_size=0.2)
m = LinearRegression()
m.fit(tr[num], tr["y"])
print(np.sqrt(np.mean((te["y"] - m.predict(te[num])) ** 2)))
