import pandas as pd
from sklearn.linear_model import LinearRegression

trees = pd.read_csv("trees.csv")
model = LinearRegression().fit(trees[["girth"]], trees["volume"])
print("R2 on the training rows:", model.score(trees[["girth"]], trees["volume"]))
