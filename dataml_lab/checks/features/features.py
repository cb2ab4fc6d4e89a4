"""Exercise 2: features that are known at the moment they are computed for, and that predict a purchase."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.features.frames import columns_apart, difference, table
from dataml_lab.checks.features.shop import DAY, Shop, before, buys, shop
from dataml_lab.checks.shown import shown
from dataml_lab.runtime.answers import Answer, Failed, function

USERS = 300
COLUMNS = 5
AUC = 0.67
LARGEST = 1e100
TRAINING, PREDICTION = (80.0, 101.0), 130.0  # days from the shop's beginning


@dataclass
class Question:
    """A shop; a moment at which features are asked for, some users to ask about, and one of whom nothing is known."""

    shop: Shop
    as_of: pd.Timestamp
    users: list[int]
    stranger: int
    oracle: Callable | None = None

    @property
    def everybody(self) -> list[int]:
        """All users of the shop."""
        return list(range(1, self.shop.users + 1))

    @property
    def customers(self) -> list[int]:
        """The users who had ordered by the first moment of training."""
        return sorted(before(self.tx, self.shop.day(TRAINING[0]))["user_id"].unique().tolist())

    @property
    def tx(self) -> pd.DataFrame:
        """The transactions of the shop, those after the moment included."""
        return self.shop.tx


def question(seed: int, users: int = USERS) -> Question:
    """A moment on a day in the fourth month of a shop, and users of whom most have ordered recently."""
    random = np.random.default_rng(seed)
    found = shop(random, users)
    as_of = found.day(int(random.integers(105, 120)) + random.uniform(0.3, 0.7)).floor("us")
    known = before(found.tx, as_of)
    recent = known.loc[known["occurred_at"] >= as_of - 20 * DAY, "user_id"].unique()
    asked = [int(user) for user in random.choice(recent, 12, replace=False)]
    tx = pd.concat([found.tx, later_that_day(known, asked, as_of)], ignore_index=True)
    return Question(found._replace(tx=tx), as_of, asked, stranger=int(random.integers(100_000, 200_000)))


def later_that_day(known: pd.DataFrame, users: list[int], as_of: pd.Timestamp) -> pd.DataFrame:
    """Orders of three users in the hours after a moment."""
    return known.tail(3).assign(user_id=users[:3], occurred_at=as_of + pd.to_timedelta([1, 2, 3], unit="h"))


def fair(world: Question) -> bool:
    """Whether two plain features alone predict neither too badly nor too well."""
    return 0.755 <= reference(world) <= 0.82


def plain_features(tx: pd.DataFrame, users: list[int], as_of: pd.Timestamp) -> pd.DataFrame:
    """How many orders in 30 days, and how long ago the newest is (days)."""
    known = tx[tx["occurred_at"] < as_of].groupby("user_id")["occurred_at"]
    orders = known.agg(lambda moments: (moments >= as_of - 30 * DAY).sum())
    recency = (as_of - known.max()) / DAY
    return pd.DataFrame({"orders": orders.reindex(users).fillna(0), "recency": recency.reindex(users).fillna(200)})


Table = Callable[[pd.DataFrame, list[int], pd.Timestamp], pd.DataFrame]


def labels(world: Question, day: float) -> np.ndarray:
    """Whether each customer buys in the week from that day of the shop on."""
    return buys(world.tx, world.customers, world.shop.day(day))


def training(world: Question, features: Table) -> tuple[pd.DataFrame, np.ndarray]:
    """Features and labels of all customers at the moments of training, computed from the whole history."""
    tables = [features(world.tx, world.customers, world.shop.day(day)) for day in TRAINING]
    return pd.concat(tables), np.concatenate([labels(world, day) for day in TRAINING])


def deployed(world: Question, features: Table) -> pd.DataFrame:
    """Features of all customers at the moment of prediction, computed from what a server has then."""
    as_of = world.shop.day(PREDICTION)
    return features(before(world.tx, as_of), world.customers, as_of)


def auc(past: tuple[pd.DataFrame, np.ndarray], present: pd.DataFrame, truth: np.ndarray) -> float:
    """How well a logistic regression, fitted on the past, ranks the present: the area under its ROC curve."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    model.fit(past[0].to_numpy(float), past[1])
    return float(roc_auc_score(truth, model.predict_proba(present.to_numpy(float))[:, 1]))


def asked(features: Answer, tx: pd.DataFrame, users: list[int], as_of: pd.Timestamp) -> pd.DataFrame:
    """The features that an answer returns, as numbers, a row per user; Failed where they are something else. Rows in
    another order are put in order: that is a matter of its own."""
    return table(features(tx, users, as_of), "features", users)


def complete(features: Answer) -> Table:
    """The answer as a function whose numbers are all there and finite, in the same columns whenever it is called;
    Failed naming one that isn't."""
    columns = []

    def called(tx: pd.DataFrame, users: list[int], as_of: pd.Timestamp) -> pd.DataFrame:
        found = asked(features, tx, users, as_of)
        columns.append(list(found.columns))
        if hole := gap(found):
            raise Failed(hole)
        if columns[0] != columns[-1]:
            apart = columns_apart(columns[0], columns[-1])
            raise Failed(f"A model needs the same columns at each moment, and {apart}.")
        return found
    return called


def gap(found: pd.DataFrame) -> str | None:
    """Where a number is missing, infinite or so large that a model can't square it, in words; None where none is."""
    for name in found.columns:
        wrong = ~(found[name].abs() < LARGEST)
        if wrong.any():
            user = found.index[int(np.argmax(wrong))]
            return (f"features returned {found.at[user, name]} in the column {shown(name)} for user {user}, where a "
                    f"model needs a number below {LARGEST:g}.")
    return None


def measured(features: Answer, world: Question) -> str:
    """Of each column, for whoever reads why it is thought to predict: its AUC alone in the history and in the server,
    and whether it knows the future; and the same of all together."""
    called, as_of = complete(features), world.shop.day(PREDICTION)
    truth = labels(world, PREDICTION)
    history, server = called(world.tx, world.customers, as_of), deployed(world, called)
    lines = [f"{'AUC of the column alone':<32}  in the history  in the server"]
    for name in history.columns:
        knows = "  knows the future" if difference(history[[name]], server[[name]]) else ""
        scores = [alone(found[name], truth) for found in (history, server)]
        lines.append(f"{shown(name, 32):<32}  {scores[0]:>14.3f}  {scores[1]:>13.3f}{knows}")
    together = [auc(training(world, called), found, truth) for found in (history, server)]
    return "\n".join([*lines, f"{'a model of all columns':<32}  {together[0]:>14.3f}  {together[1]:>13.3f}"])


def alone(column: pd.Series, truth: np.ndarray) -> float:
    """The AUC of a column as a score, in whichever direction is better."""
    from sklearn.metrics import roc_auc_score

    found = roc_auc_score(truth, column)
    return float(max(found, 1 - found))


FIRST = "returns five columns of numbers, a row for each user"
features = Exercise("features", question, function("features"), fair, essay=5, measured=measured)


@features.demands(FIRST, points=1)
def _returns_columns(features: Answer, world: Question) -> str | None:
    columns = asked(features, world.tx, world.users, world.as_of).shape[1]
    return f"features returned {columns} columns, and {COLUMNS} are needed." if columns < COLUMNS else None


@features.demands("leaves tx as it was, and gives the same question the same answer", points=1, after=FIRST)
def _is_pure(features: Answer, world: Question) -> str | None:
    result, (tx, _, _) = features.call(world.tx, world.users, world.as_of)
    if not tx.equals(world.tx):
        return "After the call tx is not what it was: work on a copy, others still need it."
    found = difference(table(result, "features", world.users), asked(features, world.tx, world.users, world.as_of))
    return found and (f"The same question was asked twice, and {found}. Only tx, users and as_of may decide, neither "
                      "chance nor the clock of the computer.")


@features.demands("has a row for each of users in their order, known or not, and no gap", points=1, after=FIRST)
def _keeps_strangers(features: Answer, world: Question) -> str | None:
    known = set(before(world.tx, world.as_of)["user_id"])
    silent = [user for user in world.everybody if user not in known][:3]
    users = [*world.users, world.stranger, *silent]
    result = features(world.tx, users, world.as_of)
    found = table(result, "features", users)
    return gap(found) or disorder(result.index.tolist(), users) or foretold(features, world)


def disorder(index: list, users: list[int]) -> str | None:
    """That the rows are not in the order of the users, in words; None where they are."""
    return None if index == users else (
        f"features was asked about the users {shown(users)}, and its rows are in the order {shown(index)}.")


def foretold(features: Answer, world: Question) -> str | None:
    """That the numbers for a user of whom nothing is known come from the future, in words; None where they don't."""
    found = difference(asked(features, world.tx, [world.stranger], world.as_of),
                       asked(features, before(world.tx, world.as_of), [world.stranger], world.as_of))
    return found and (f"Nothing is known of user {world.stranger}. When the history was cut off at as_of, {found}: "
                      "what stands in for the unknown knows the future.")


@features.demands("answers for the moment and the orders that it is asked about", points=1, after=FIRST)
def _looks_at_what_is_asked(features: Answer, world: Question) -> str | None:
    return remembered(features, world) or timeless(features, world)


def timeless(features: Answer, world: Question) -> str | None:
    """That a user's features don't depend on the moment, in words; None where they do."""
    past, moments = before(world.tx, world.as_of), (world.as_of - 40 * DAY, world.as_of)
    users = sorted(set(world.users) & set(before(past, moments[0])["user_id"]))
    earlier, now = (asked(features, past, users, moment) for moment in moments)
    return None if difference(earlier, now) else (
        f"features was asked about {len(users)} users as of {moments[0]:%d %B %Y} and as of 40 days later, and "
        "returned the same numbers for all of them, though each has ordered in between.")


def remembered(features: Answer, world: Question) -> str | None:
    """That a user's features don't depend on their orders, in words: then what they are made of was found by an
    earlier call, and whether it knew the future can't be seen. None where they do."""
    past = before(world.tx, world.as_of)
    first = past.loc[past.groupby("user_id")["occurred_at"].idxmin()]
    found = difference(asked(features, past, world.users, world.as_of),
                       asked(features, first, world.users, world.as_of))
    return None if found else (f"All orders but each user's first were taken out of tx, and features says the same of "
                               f"these {len(world.users)} users: it keeps what an earlier call found, or doesn't look "
                               "at tx.")


@features.demands("doesn't know what comes after as_of", points=2, after=FIRST)
def _does_not_travel(features: Answer, world: Question) -> str | None:
    past = before(world.tx, world.as_of)
    without = asked(features, past, world.users, world.as_of)
    for what, tx in (("was cut off at as_of", world.tx), ("was rewritten from as_of on", rewritten(world))):
        if found := difference(asked(features, tx, world.users, world.as_of), without):
            return f"{found[0].upper()}{found[1:]} when the history {what}. {witness(features, tx, without, world)}"
    return None


def rewritten(world: Question) -> pd.DataFrame:
    """The transactions with another future: more expensive, later, of other users and categories."""
    tx, future = world.tx.copy(), world.tx["occurred_at"] >= world.as_of
    tx.loc[future, "amount"] *= 1_000
    tx.loc[future, "occurred_at"] += 400 * DAY
    tx.loc[future, "user_id"] = world.users[0]
    tx.loc[future, "category"] = "furniture"
    return tx


def witness(features: Answer, tx: pd.DataFrame, without: pd.DataFrame, world: Question) -> str:
    """A row of the future that makes a difference by itself, in words; that none does, where none was found."""
    past, future = before(tx, world.as_of), tx[tx["occurred_at"] >= world.as_of].sort_values("occurred_at")
    mine = future[future["user_id"].isin(world.users)]
    for _, row in pd.concat([mine.head(5), mine.tail(5), future.tail(2)]).iterrows():
        planted = pd.concat([past, row.to_frame().T.astype(tx.dtypes)], ignore_index=True)
        if difference(without, asked(features, planted, world.users, world.as_of)):
            return (f"It takes one row to do that: user {row['user_id']}'s order of {row['amount']:.2f} EUR on "
                    f"{row['occurred_at']:%d %B %Y, %H:%M}, with as_of {world.as_of:%d %B %Y, %H:%M}.")
    return "No single row of the future does that; many together do."


@features.demands("takes what occurs at as_of for the future", points=1, after=FIRST)
def _knows_the_boundary(features: Answer, world: Question) -> str | None:
    past = before(world.tx, world.as_of)
    planted = past.tail(3).assign(user_id=world.users[:3], amount=999.99, occurred_at=world.as_of)
    found = difference(asked(features, past, world.users, world.as_of),
                       asked(features, pd.concat([past, planted], ignore_index=True), world.users, world.as_of))
    return found and (f"An order was placed exactly at as_of, which is part of what is to be predicted, and {found}.")


@features.demands("takes rows in any order", points=1, after=FIRST)
def _takes_any_order(features: Answer, world: Question) -> str | None:
    past = before(world.tx, world.as_of)
    one = asked(features, past.sort_values("occurred_at", ignore_index=True), world.users, world.as_of)
    other = asked(features, past.sort_values("amount", ignore_index=True), world.users, world.as_of)
    found = difference(one, other)
    return found and f"The rows of tx were put in another order, and {found}."


@features.demands("tells a server the same of one user as training of many", points=2, after=FIRST)
def _serves(features: Answer, world: Question) -> str | None:
    past = before(world.tx, world.as_of)
    batch = asked(features, past, world.users, world.as_of)
    for user in world.users[:6]:
        alone = asked(features, past, [user], world.as_of)
        if found := difference(batch.loc[[user]], alone):
            return f"Asked about user {user} alone instead of {len(world.users)} users at once: {found}."
    return stranger_among_others(features, past, world)


def stranger_among_others(features: Answer, past: pd.DataFrame, world: Question) -> str | None:
    """Where what is said of a user of whom nothing is known depends on the others, in words; None where it doesn't."""
    try:
        batch = asked(features, past, [*world.users, world.stranger], world.as_of).loc[[world.stranger]]
        found = difference(batch, asked(features, past, [world.stranger], world.as_of))
    except Failed:  # another property says that strangers are lost
        return None
    return found and (f"Asked about user {world.stranger}, of whom nothing is known, among others and then alone: "
                      f"{found}.")


@features.demands("has five columns that say different things", points=1, after=FIRST)
def _differ(features: Answer, world: Question) -> str | None:
    columns, _ = training(world, complete(features))
    different = rank(columns)
    return (f"Of {columns.shape[1]} columns only {different} say something of their own: the others are the same for "
            f"everybody, or sums and multiples of these. {COLUMNS} are needed.") if different < COLUMNS else None


def rank(columns: pd.DataFrame) -> int:
    """How many columns are no weighted sum of others and a constant."""
    centred = columns - columns.mean()
    varied = centred.loc[:, centred.std() > 1e-9]
    return int(np.linalg.matrix_rank((varied / varied.std()).to_numpy(), tol=1e-4)) if varied.shape[1] else 0


@features.demands(f"predicts who buys: an AUC of {AUC:.2f} in the server", points=2, after=FIRST)
def _predicts(features: Answer, world: Question) -> str | None:
    called = complete(features)
    reached = auc(training(world, called), deployed(world, called), labels(world, PREDICTION))
    return None if reached >= AUC else (
        f"A model trained on these features reaches an AUC of {reached:.3f} in the server, where there is no future; "
        f"two plain ones reach {reference(world):.3f}, and {AUC:.2f} is needed.")


def reference(world: Question) -> float:
    """The AUC of the plain features in the server."""
    return auc(training(world, plain_features), deployed(world, plain_features), labels(world, PREDICTION))
