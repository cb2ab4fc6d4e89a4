"""A linear discriminant for few rows, a weighted sum with a column for each hole, and a forest."""
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def choose_model(brief):
    if brief["by_hand"]:
        sparse = LogisticRegression(l1_ratio=1, solver="liblinear", C=0.02)
        return make_pipeline(StandardScaler(), sparse)
    if brief["missing"]:
        return make_pipeline(SimpleImputer(add_indicator=True), StandardScaler(), LogisticRegression())
    if brief["rows"] < 200:
        return LinearDiscriminantAnalysis()
    return RandomForestClassifier(100, min_samples_leaf=5, random_state=0)
