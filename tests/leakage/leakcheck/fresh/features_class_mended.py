import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import train_test_split
class Features:
    def __init__(self):
        self.vec = CountVectorizer()
    def fit(self, texts):
        self.vec.fit(texts)
        return self
    def transform(self, texts):
        return self.vec.transform(texts)
df = pd.read_csv("d.csv")
a, b, c, d = train_test_split(df["text"], df["y"])
f = Features().fit(a)
rf = RandomForestClassifier().fit(f.transform(a), c)
print(rf.score(f.transform(b), d))
