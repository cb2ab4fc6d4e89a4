"""Logistic regression on what the log holds before as_of; the claim is the AUC over five folds."""

from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def inputs(table, events, as_of):
    past = events[events["occurred_at"] < as_of]
    logins, tickets = (past[past["kind"] == kind].groupby("user_id")["occurred_at"] for kind in ("login", "ticket"))
    found = table[["user_id"]].copy()
    found["quiet"] = found["user_id"].map((as_of - logins.max()).dt.total_seconds() / 86_400).fillna(60.0)
    found["logins"] = found["user_id"].map(logins.size()).fillna(0)
    found["tickets"] = found["user_id"].map(tickets.size()).fillna(0)
    return found[["quiet", "logins", "tickets"]]


class ChurnModel:
    def train(self, table, events, as_of):
        X = inputs(table, events, as_of)
        self.model = make_pipeline(StandardScaler(), LogisticRegression())
        claim = cross_val_score(self.model, X, table["churned"], cv=5, scoring="roc_auc").mean()
        self.model.fit(X, table["churned"])
        return float(claim)

    def score(self, table, events, as_of):
        return self.model.predict_proba(inputs(table, events, as_of))[:, 1]
