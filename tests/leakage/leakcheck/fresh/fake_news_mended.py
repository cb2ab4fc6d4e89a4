import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import train_test_split
from sklearn.linear_model import PassiveAggressiveClassifier
from sklearn.metrics import accuracy_score
true = pd.read_csv("True.csv")
fake = pd.read_csv("Fake.csv")
true["label"], fake["label"] = 1, 0
news = pd.concat([true, fake]).sample(frac=1).reset_index(drop=True)
x_train, x_test, y_train, y_test = train_test_split(news["text"], news["label"], test_size=0.2, random_state=7)
vectorizer = TfidfVectorizer(stop_words="english", max_df=0.7)
tfidf_train = vectorizer.fit_transform(x_train)
tfidf_test = vectorizer.transform(x_test)
pac = PassiveAggressiveClassifier(max_iter=50)
pac.fit(tfidf_train, y_train)
y_pred = pac.predict(tfidf_test)
print(accuracy_score(y_test, y_pred))
