import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import MultinomialNB

def main():
    tweets = pd.read_csv("tweets.csv")
    tweets["text"] = tweets["text"].str.lower()
    vec = TfidfVectorizer(ngram_range=(1, 2), min_df=3)
    bag = vec.fit_transform(tweets["text"])
    train, test, y_train, y_test = train_test_split(bag, tweets["mood"], test_size=0.3)
    model = MultinomialNB()
    model.fit(train, y_train)
    print(classification_report(y_test, model.predict(test)))

if __name__ == "__main__":
    main()
