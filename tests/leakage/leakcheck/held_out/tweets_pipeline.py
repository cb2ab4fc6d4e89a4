import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import cross_val_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

tweets = pd.read_csv("tweets.csv")
tweets["text"] = tweets["text"].str.lower().str.replace("http", " ")
model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), min_df=3), MultinomialNB())
print(cross_val_score(model, tweets["text"], tweets["mood"], cv=5).mean())
