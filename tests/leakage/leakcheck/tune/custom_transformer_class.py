import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

class MedianFiller(BaseEstimator, TransformerMixin):
    def fit(self, X, y=None):
        self.medians_ = X.median()
        return self

    def transform(self, X):
        return X.fillna(self.medians_)

wells = pd.read_csv("wells.csv")
y = wells.pop("dry")
wells = MedianFiller().fit_transform(wells)
X_train, X_test, y_train, y_test = train_test_split(wells, y)
print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
