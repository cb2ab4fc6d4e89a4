import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, StandardScaler


class ChurnModel:
    def __init__(self, path, test_size=0.2):
        self.path = path
        self.test_size = test_size
        self.scaler = StandardScaler()
        self.model = GradientBoostingClassifier()

    def load(self):
        self.data = pd.read_csv(self.path)
        self.data["TotalCharges"] = pd.to_numeric(self.data["TotalCharges"], errors="coerce")
        self.data = self.data.dropna()
        return self

    def prepare(self):
        y = (self.data["Churn"] == "Yes").astype(int)
        X = pd.get_dummies(self.data.drop(columns=["Churn", "customerID"]))
        X = self.scaler.fit_transform(X)
        parts = train_test_split(X, y, test_size=self.test_size, random_state=0)
        self.X_train, self.X_test, self.y_train, self.y_test = parts
        return self

    def train(self):
        self.model.fit(self.X_train, self.y_train)
        return self

    def evaluate(self):
        scores = self.model.predict_proba(self.X_test)[:, 1]
        return roc_auc_score(self.y_test, scores)


if __name__ == "__main__":
    churn = ChurnModel("telco.csv").load().prepare().train()
    print("AUC:", churn.evaluate())
