import pandas as pd
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import train_test_split
class Features:
    def __init__(self):
        self.vec = CountVectorizer()
        self.svd = TruncatedSVD(50)
    def build(self, texts):
        return self.svd.fit_transform(self.vec.fit_transform(texts))
df = pd.read_csv("d.csv")
F = Features().build(df["text"])
a, b, c, d = train_test_split(F, df["y"])
rf = RandomForestClassifier()
rf.fit(a, c)
print(rf.score(b, d))
