import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
d = pd.read_csv("d.csv")
train_text, test_text, y_train, y_test = train_test_split(d["text"], d["y"])
vec = CountVectorizer()
vec.fit(list(train_text) + list(test_text))
m = LogisticRegression().fit(vec.transform(train_text), y_train)
print(m.score(vec.transform(test_text), y_test))
