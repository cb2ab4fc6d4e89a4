"""The labelled procedures: steps learned from all rows or from those fitted, rows resampled before or after a split,
choices by the test or by cross-validation; and innocent steps before a split, which learn nothing.

Each step is one function of the rows that it may learn from. So the leaky procedure and its mended twin differ in
nothing else.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import KBinsDiscretizer, Normalizer, QuantileTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from dataml_lab.leakage.suite.tables import Half
from dataml_lab.leakage.suite.worlds import Setting, customers

Step = Callable[[pd.DataFrame, pd.Series, np.ndarray], Any]
NUMBERS = ["tenure_days", "logins_30d", "days_quiet", "spent_90d", "tickets_90d", "age"]
ROWS = {"tune": 360, "held_out": 520}
WORDS = ["refund", "late", "thanks", "broken", "size", "colour", "again", "courier", "invoice", "gift"]


class Procedure(NamedTuple):
    """A procedure to audit, with its data, the kind of leak that is planted (None where it is innocent), and what
    `audit` is told besides."""

    name: str
    run: Callable[[pd.DataFrame, pd.Series], tuple]
    data: tuple[pd.DataFrame, pd.Series]
    kind: str | None
    asked: dict[str, Any]


def raw(half: Half, seed: int, share: float = 0.4) -> tuple[pd.DataFrame, pd.Series]:
    """Customers with values missing, a postcode, a text, a date and ten numbers that say nothing; and the label."""
    random = np.random.default_rng(seed)
    table = customers(random, Setting(ROWS[half], share, 1.5))
    n = len(table)
    table["postcode"] = random.integers(0, n // 9, n)
    table["note"] = [" ".join(words) for words in random.choice(WORDS, (n, 3))]
    table["joined"] = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(random.integers(0, 400, n), unit="D")
    noise = pd.DataFrame(random.normal(size=(n, 10)), columns=[f"noise_{number}" for number in range(10)])
    table["spent_90d"] = table["spent_90d"].mask(random.random(n) < 0.15)
    return pd.concat([table.drop(columns="label"), noise], axis=1), table["label"]


def numbers(inputs: pd.DataFrame) -> pd.DataFrame:
    """The columns of numbers, nothing missing: a fixed value stands for what is."""
    noise = [name for name in inputs if str(name).startswith("noise_")]
    return inputs[NUMBERS + noise].fillna(-1.0)


# -------------------------------------------------------------- steps, learned from the rows `seen`, done to all rows

def standardised(inputs: pd.DataFrame, label: pd.Series, seen: np.ndarray) -> np.ndarray:
    """Mean 0 and standard deviation 1."""
    found = numbers(inputs)
    return StandardScaler().fit(found.loc[seen]).transform(found)


def filled_with_mean(inputs: pd.DataFrame, label: pd.Series, seen: np.ndarray) -> pd.DataFrame:
    """As people write it in pandas: the mean in place of what is missing."""
    found = inputs[NUMBERS]
    return found.fillna(found.loc[seen].mean())


def mean_by_postcode(inputs: pd.DataFrame, label: pd.Series, seen: np.ndarray) -> pd.DataFrame:
    """The mean label of the postcode instead of it."""
    means = label.loc[seen].groupby(inputs.loc[seen, "postcode"]).mean()
    return numbers(inputs).assign(code=inputs["postcode"].map(means).fillna(label.loc[seen].mean()))


def best_columns(inputs: pd.DataFrame, label: pd.Series, seen: np.ndarray) -> np.ndarray:
    """The ten columns that go best with the label, of 300 that are products of noise."""
    noise = numbers(inputs).filter(like="noise_").to_numpy()
    random = np.random.default_rng(5)
    wide = noise @ random.normal(size=(10, 300)) + random.normal(size=(len(noise), 300)) * 3
    return SelectKBest(k=10).fit(wide[seen], label.loc[seen]).transform(wide)


def components(inputs: pd.DataFrame, label: pd.Series, seen: np.ndarray) -> np.ndarray:
    """Four principal components."""
    return PCA(4).fit(numbers(inputs).loc[seen]).transform(numbers(inputs))


def clipped(inputs: pd.DataFrame, label: pd.Series, seen: np.ndarray) -> pd.DataFrame:
    """Far values drawn to the quantiles .02 and .98."""
    found = numbers(inputs)
    return found.clip(found.loc[seen].quantile(0.02), found.loc[seen].quantile(0.98), axis=1)


def weighed_words(inputs: pd.DataFrame, label: pd.Series, seen: np.ndarray) -> Any:
    """Words, the rarer the weightier (TF-IDF)."""
    return TfidfVectorizer().fit(inputs.loc[seen, "note"]).transform(inputs["note"])


def to_unit_range(inputs: pd.DataFrame, label: pd.Series, seen: np.ndarray) -> pd.DataFrame:
    """From 0 to 1, in pandas."""
    found = numbers(inputs)
    low, high = found.loc[seen].min(), found.loc[seen].max()
    return (found - low) / (high - low)


def filled_by_plan(inputs: pd.DataFrame, label: pd.Series, seen: np.ndarray) -> pd.DataFrame:
    """The median of the plan in place of what is missing."""
    medians = inputs.loc[seen].groupby("plan")["spent_90d"].median()
    return numbers(inputs).assign(spent_90d=inputs["spent_90d"].fillna(inputs["plan"].map(medians)).fillna(0.0))


def filled_by_neighbours(inputs: pd.DataFrame, label: pd.Series, seen: np.ndarray) -> np.ndarray:
    """The mean of five similar rows in place of what is missing."""
    return KNNImputer().fit(inputs.loc[seen, NUMBERS]).transform(inputs[NUMBERS])


def quantiles(inputs: pd.DataFrame, label: pd.Series, seen: np.ndarray) -> np.ndarray:
    """Each value's share of smaller ones."""
    found = numbers(inputs)
    return QuantileTransformer(n_quantiles=50, random_state=0).fit(found.loc[seen]).transform(found)


def in_bins(inputs: pd.DataFrame, label: pd.Series, seen: np.ndarray) -> Any:
    """Five bins of equally many rows, as columns of 0 and 1 in a sparse matrix."""
    found = numbers(inputs)[["days_quiet", "age", "tenure_days"]]
    bins = KBinsDiscretizer(5, quantile_method="averaged_inverted_cdf")
    return bins.fit(found.loc[seen]).transform(found)


def frequencies(inputs: pd.DataFrame, label: pd.Series, seen: np.ndarray) -> pd.DataFrame:
    """How often the postcode and the plan occur."""
    return pd.DataFrame({name: inputs[name].map(inputs.loc[seen, name].value_counts(normalize=True)).fillna(0.0)
                         for name in ("postcode", "plan")})


def weighed_means(inputs: pd.DataFrame, label: pd.Series, seen: np.ndarray) -> pd.DataFrame:
    """The label's mean by postcode, drawn towards that of all rows."""
    known, total = label.loc[seen].groupby(inputs.loc[seen, "postcode"]), label.loc[seen].mean()
    means = (known.sum() + 3 * total) / (known.size() + 3)
    return numbers(inputs).assign(code=inputs["postcode"].map(means).fillna(total))


def without_the_weak(inputs: pd.DataFrame, label: pd.Series, seen: np.ndarray) -> pd.DataFrame:
    """The three columns with the highest correlation with the label, of ten of noise."""
    noise = numbers(inputs).filter(like="noise_")
    strength = noise.loc[seen].corrwith(label.loc[seen]).abs()
    return noise[strength.nlargest(3).index]


STEPS: dict[Half, list[Step]] = {
    "tune": [standardised, filled_with_mean, mean_by_postcode, best_columns, components, clipped, weighed_words],
    "held_out": [to_unit_range, filled_by_plan, filled_by_neighbours, quantiles, in_bins, frequencies, weighed_means,
                 without_the_weak]}


# --------------------------------------------------------------------------------- innocent steps, which learn nothing

def logarithm(inputs: pd.DataFrame, label: pd.Series) -> pd.DataFrame:
    """Logarithms, value by value."""
    return np.log1p(numbers(inputs)[["tenure_days", "logins_30d", "days_quiet"]])


def one_hot(inputs: pd.DataFrame, label: pd.Series) -> pd.DataFrame:
    """A column of 0 and 1 for each category."""
    return pd.get_dummies(inputs[["plan", "region", "age"]])


def by_constants(inputs: pd.DataFrame, label: pd.Series) -> pd.DataFrame:
    """Fixed limits and units."""
    return pd.DataFrame({"years": inputs["tenure_days"] / 365, "old": inputs["age"] > 50,
                         "quiet": pd.cut(inputs["days_quiet"], [-1, 7, 30, 1e9], labels=False)})


def filled_with_fixed(inputs: pd.DataFrame, label: pd.Series) -> np.ndarray:
    """0 in place of what is missing, by a transformer fitted to all rows, which learns nothing."""
    return SimpleImputer(strategy="constant", fill_value=0).fit_transform(inputs[NUMBERS])


def unit_rows(inputs: pd.DataFrame, label: pd.Series) -> np.ndarray:
    """Each row divided by its length."""
    return Normalizer().fit_transform(numbers(inputs))


def hashed_words(inputs: pd.DataFrame, label: pd.Series) -> Any:
    """Words in 16 columns, by their hash."""
    return HashingVectorizer(n_features=16).fit_transform(inputs["note"])


def date_parts(inputs: pd.DataFrame, label: pd.Series) -> pd.DataFrame:
    """Month and weekday."""
    return pd.DataFrame({"month": inputs["joined"].dt.month, "weekday": inputs["joined"].dt.day_of_week,
                         "quiet": inputs["days_quiet"]})


def ratios(inputs: pd.DataFrame, label: pd.Series) -> pd.DataFrame:
    """Quotients of columns of a row."""
    return pd.DataFrame({"per_login": inputs["spent_90d"].fillna(0) / (inputs["logins_30d"] + 1),
                         "tickets": inputs["tickets_90d"] / inputs["tenure_days"]})


INNOCENT: dict[Half, list[Callable]] = {
    "tune": [logarithm, one_hot, by_constants, filled_with_fixed],
    "held_out": [unit_rows, hashed_words, date_parts, ratios]}


# ------------------------------------------------------------------------------------------------------- procedures

def split(inputs: pd.DataFrame, label: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """The index of the rows fitted and tested, by chance."""
    fitted, tested = train_test_split(np.asarray(inputs.index), test_size=0.3, random_state=7)
    return fitted, tested


def at(matrix: Any, places: np.ndarray) -> Any:
    """These rows of a frame or matrix."""
    return matrix.iloc[places] if isinstance(matrix, pd.DataFrame) else matrix[places]


def learned(step: Step, before: bool) -> Callable:
    """A procedure whose step learns from all rows, before the split, or from those fitted."""
    def run(inputs: pd.DataFrame, label: pd.Series) -> tuple:
        fitted, tested = split(inputs, label)
        matrix = step(inputs, label, np.asarray(inputs.index) if before else fitted)
        train, test = at(matrix, fitted), at(matrix, tested)
        scores = Ridge().fit(train, label[fitted]).predict(test)
        return train, test, label[fitted], label[tested], scores
    return run


def done_first(step: Callable) -> Callable:
    """A procedure with an innocent step before `train_test_split`."""
    def run(inputs: pd.DataFrame, label: pd.Series) -> tuple:
        train, test, train_label, test_label = train_test_split(step(inputs, label), label, random_state=3)
        return train, test, train_label, test_label, Ridge().fit(train, train_label).predict(test)
    return run


def remembered(train: pd.DataFrame, test: pd.DataFrame, train_label: pd.Series, test_label: pd.Series) -> tuple:
    """The parts, with predictions of a tree that remembers every row."""
    scores = DecisionTreeClassifier(random_state=0).fit(train, train_label).predict_proba(test)[:, -1]
    return train, test, train_label, test_label, scores


def more_of_the_rare(inputs: pd.DataFrame, label: pd.Series) -> np.ndarray:
    """The index, with that of the rarer label repeated until both are as frequent."""
    counts = label.value_counts()
    rare = label.index[label == counts.idxmin()]
    more = np.random.default_rng(1).choice(rare, counts.max() - counts.min())
    return np.concatenate([label.index, more])


def repeated(before: bool) -> Callable:
    """Rows of the rarer label repeated before the split, or after it among those fitted."""
    def run(inputs: pd.DataFrame, label: pd.Series) -> tuple:
        found = numbers(inputs)
        if before:
            rows = more_of_the_rare(found, label)
            return remembered(*train_test_split(found.loc[rows], label[rows], random_state=2))
        train, test, train_label, test_label = train_test_split(found, label, random_state=2)
        rows = more_of_the_rare(train, train_label)
        return remembered(train.loc[rows], test, train_label[rows], test_label)
    return run


def without_copies(first: bool) -> Callable:
    """Copies taken out before the split; or not at all."""
    def run(inputs: pd.DataFrame, label: pd.Series) -> tuple:
        found = numbers(inputs)
        found = found.drop_duplicates() if first else found
        return remembered(*train_test_split(found, label[found.index], random_state=2))
    return run


def with_copies(half: Half, seed: int) -> tuple[pd.DataFrame, pd.Series]:
    """The raw data with two fifths of the rows twice."""
    inputs, label = raw(half, seed)
    rows = np.concatenate([inputs.index, np.random.default_rng(seed).choice(inputs.index, len(inputs) * 2 // 5, False)])
    return inputs.loc[rows].reset_index(drop=True), label[rows].reset_index(drop=True)


def adults(inputs: pd.DataFrame, label: pd.Series) -> tuple:
    """Rows outside of a fixed range left out before the split."""
    found = numbers(inputs)[lambda rows: rows["age"].between(21, 75)]
    return remembered(*train_test_split(found, label[found.index], random_state=2))


def best_of_many(by_test: bool) -> Callable:
    """The best of 15 choices of columns, by its score on the test, or on a part of the rows fitted."""
    def run(inputs: pd.DataFrame, label: pd.Series) -> tuple:
        train, test, train_label, test_label = train_test_split(numbers(inputs), label, random_state=4)
        random = np.random.default_rng(9)
        judged, of_judged = (test, test_label) if by_test else (train[:80], train_label[:80])
        taught, of_taught = (train, train_label) if by_test else (train[80:], train_label[80:])
        choices = [list(random.choice(train.columns, 4, replace=False)) for _ in range(15)]
        best = max(choices, key=lambda chosen: np.corrcoef(
            judged[chosen] @ weights(taught[chosen], of_taught), of_judged)[0, 1])
        scores = test[best] @ weights(train[best], train_label)
        return train[best], test[best], train_label, test_label, scores
    return run


def weights(inputs: pd.DataFrame, label: pd.Series) -> np.ndarray:
    """The weights of a linear model, least squares."""
    centred = inputs - inputs.mean()
    return np.linalg.lstsq(centred.to_numpy(float), (label - label.mean()).to_numpy(float), rcond=None)[0]


def of_users(half: Half, seed: int) -> tuple[pd.DataFrame, pd.Series]:
    """Eight rows of each user, who is known by three numbers; the label is mostly the user's."""
    random, users = np.random.default_rng(seed), ROWS[half] // 8
    marks = np.repeat(random.normal(size=(users, 3)), 8, axis=0) + random.normal(0, 0.02, (users * 8, 3))
    label = np.repeat(random.random(users) < 0.5, 8) ^ (random.random(users * 8) < 0.1)
    table = pd.DataFrame(marks, columns=["height", "gait", "pulse"]).assign(user_id=np.repeat(np.arange(users), 8))
    return table, pd.Series(label.astype(int))


def by_user(whole: bool) -> Callable:
    """Users split as a whole, or row by row."""
    def run(inputs: pd.DataFrame, label: pd.Series) -> tuple:
        users = inputs["user_id"].unique()
        by = train_test_split(users, random_state=1)[1] if whole else None
        found = inputs.drop(columns="user_id")
        if by is None:
            return remembered(*train_test_split(found, label, random_state=1))
        tested = inputs["user_id"].isin(by)
        return remembered(found[~tested], found[tested], label[~tested], label[tested])
    return run


def procedures(half: Half) -> list[Procedure]:
    """All procedures of a half: each leaky one with its mended twin, and innocents."""
    seed = 500 if half == "tune" else 90_500
    made = [*of_steps(half, seed), *of_rows(half, seed)]
    return made + [Procedure(f"{step.__name__} first, {half}", done_first(step), raw(half, seed + 50 + place), None, {})
                   for place, step in enumerate(INNOCENT[half])]


def of_steps(half: Half, seed: int) -> Iterator[Procedure]:
    """Each step before the split, and after it."""
    for place, step in enumerate(STEPS[half]):
        for before in (True, False):
            yield Procedure(f"{step.__name__} {'before the split' if before else 'after it'}, {half}",
                            learned(step, before), raw(half, seed + place), "preprocessing" if before else None, {})


def of_rows(half: Half, seed: int) -> Iterator[Procedure]:
    """What is done to rows, and choices."""
    rare, users = raw(half, seed + 20, share=0.15), of_users(half, seed + 21)
    asked = {"groups": users[0]["user_id"]}
    for leaky in (True, False):
        told = "" if leaky else ", mended"
        yield Procedure(f"repeated{told}, {half}", repeated(leaky), rare, "overlap" if leaky else None, {})
        yield Procedure(f"best by the test{told}, {half}", best_of_many(leaky), raw(half, seed + 22),
                        "permuted target" if leaky else None, {})
        yield Procedure(f"users on both sides{told}, {half}", by_user(not leaky), users,
                        "permuted target" if leaky else None, asked)
    yield Procedure(f"copies taken out, {half}", without_copies(True), with_copies(half, seed + 23), None, {})
    yield Procedure(f"adults, {half}", adults, raw(half, seed + 24), None, {})
