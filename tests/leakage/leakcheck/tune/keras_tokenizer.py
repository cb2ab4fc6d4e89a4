import pandas as pd
from sklearn.model_selection import train_test_split
from tensorflow.keras.layers import Dense, Embedding, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer

reviews = pd.read_csv("reviews.csv")
tokens = Tokenizer(num_words=5000)
tokens.fit_on_texts(reviews["text"])
X = pad_sequences(tokens.texts_to_sequences(reviews["text"]), maxlen=100)
X_train, X_test, y_train, y_test = train_test_split(X, reviews["stars"], test_size=0.1)
model = Sequential([Embedding(5000, 16), Flatten(), Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, epochs=3)
print(model.evaluate(X_test, y_test))
