"""Exercise of 03b: features that are known at the moment they are computed for, and that predict a purchase."""

from functools import partial

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.features.frames import columns_apart, difference, floats, of_users
from dataml_lab.checks.features.questions import OTHER_ID, PREDICTION, TRAINING, Question, World, auc, fair, world
from dataml_lab.checks.features.shop import alone
from dataml_lab.checks.scenes import Replies
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import shown

COLUMNS = 5
AUC = 0.67
LARGEST = 1e100


def asked(features: Answer, question: Question) -> pd.DataFrame:
    """The features that an answer returns, as numbers, rows in the order in which they came."""
    return table(features(*question), question)


def table(value: object, question: Question) -> pd.DataFrame:
    """What was returned for a question, as numbers; Failed where it hasn't a row of them for each user."""
    found = floats(value, "features")
    of_users(found, "features", question.users)
    return found


def measured(features: Answer, modelled: dict[float, pd.DataFrame], world: World) -> str:
    """Of each column, for the person who reads why it is thought to predict: its AUC alone in the history and in the
    server, and whether it knows the future; and the same of all together."""
    server, question = modelled[PREDICTION], world.model[PREDICTION]
    history = asked(features, question._replace(tx=world.history.tx)).loc[question.users]
    lines, truth = [f"{'AUC of the column alone':<32}  in the history  in the server"], world.labels
    for name in server.columns:
        knows = "  knows the future" if difference(history[[name]], server[[name]]) else ""
        scores = [alone(found[name], truth[PREDICTION]) for found in (history, server)]
        lines.append(f"{shown(name, 32):<32}  {scores[0]:>14.3f}  {scores[1]:>13.3f}{knows}")
    together = [auc({**modelled, PREDICTION: found}, truth) for found in (history, server)]
    return "\n".join([*lines, f"{'a model of all columns':<32}  {together[0]:>14.3f}  {together[1]:>13.3f}"])


FIRST = "returns five columns of numbers, a row for each user"
HONEST = "doesn't know what comes after as_of"
features = Exercise("features", world, function("features"), fair, essay=5, measured=measured)


@features.scene
def tables(features: Answer, world: World) -> Replies:
    """The table for each question about the moment."""
    questions = [world.history, world.past, world.strangers, *world.variants.values(), *world.alone]
    return Replies(partial(asked, features), questions, world.seed)


@features.scene
def others(features: Answer, tables: Replies, world: World) -> Replies:
    """The table for each question about another moment, asked after the others: so all that an answer may remember of
    the moment comes from one call."""
    return Replies(partial(asked, features), [world.earlier, *world.model.values()], world.seed)


@features.scene
def modelled(others: Replies, world: World) -> dict[float, pd.DataFrame]:
    """The tables of a model, by day; Failed where they are none for it: all need the same columns, without a gap."""
    found = {day: others[question].loc[question.users] for day, question in world.model.items()}
    first, *_ = found.values()
    for table in found.values():
        if hole := gap(table):
            raise Failed(hole)
        if list(table.columns) != list(first.columns):
            raise Failed("A model needs the same columns at each moment, and "
                         f"{columns_apart(list(first.columns), list(table.columns))}.")
    return found


def gap(found: pd.DataFrame) -> str | None:
    """Where a number is missing, infinite or so large that a model can't square it, in words; None where none is."""
    for name in found.columns:
        wrong = ~(found[name].abs() < LARGEST)
        if wrong.any():
            user = found.index[int(np.argmax(wrong))]
            value = found.at[user, name]
            needed = "a finite number, also for a user without orders" if not np.isfinite(value) else (
                f"below {LARGEST:g}, so that a model can square it")
            return (f"features returned {value} in the column {shown(name)} for user {user}: each value must be "
                    f"{needed}.")
    return None


def apart(one: pd.DataFrame, other: pd.DataFrame) -> str | None:
    """Where two tables differ first for the users of both, in words; None where they don't."""
    users = [user for user in one.index if user in other.index]
    return difference(one.loc[users], other.loc[users])


@features.demands(FIRST, points=1, call="features(*world.history)")
def _(tables: Replies, world: World) -> str | None:
    columns = tables[world.history].shape[1]
    return f"features returned {columns} columns, and {COLUMNS} are needed." if columns < COLUMNS else None


@features.demands("leaves tx as it was, and gives the same question the same answer", points=1, after=FIRST, call="""\
before = world.history.tx.copy()
first = features(*world.history)
print(world.history.tx.equals(before))
features(*world.earlier)
print(first, features(*world.history), sep="\\n")""")
def _(features: Answer, tables: Replies, world: World) -> str | None:
    result, (tx, _, _) = features.call(*world.history)
    if not tx.equals(world.history.tx):
        return "After the call tx is not what it was: work on a copy, others still need it."
    found = apart(tables[world.history], table(result, world.history))
    return found and (f"The same question was asked twice, and {found}. Only tx, users and as_of may decide, neither "
                      "chance nor the clock of the computer.")


@features.demands("has a row for each of users in their order, known or not, and no gap", points=1, after=FIRST,
                  call="""\
print(world.strangers.users, features(*world.strangers), sep="\\n")
for name in ("stranger", "stranger in the history"):
    print(features(*world.variants[name]))""")
def _(tables: Replies, world: World) -> str | None:
    found, users = tables[world.strangers], world.strangers.users
    if hole := gap(found):
        return hole
    if found.index.tolist() != users:
        return (f"features was asked about the users {shown(users)}, and its rows are in the order "
                f"{shown(found.index.tolist())}.")
    foretold = difference(tables[world.variants["stranger in the history"]], tables[world.variants["stranger"]])
    return foretold and (f"Nothing is known of user {world.stranger}. When the history was cut off at as_of, "
                         f"{foretold}: what stands in for the unknown knows the future.")


@features.demands("answers for the moment and the orders that it is asked about", points=1, after=FIRST, call="""\
for question in (world.past, world.variants["first orders"], world.variants["other ids"], world.earlier):
    print(question.as_of, features(*question), sep="\\n")""")
def _(tables: Replies, others: Replies, world: World) -> str | None:
    now, earlier = tables[world.past], world.earlier
    if not apart(now, tables[world.variants["first orders"]]):
        return (f"All orders but each user's first were taken out of tx, and features says the same of these "
                f"{len(now)} users: it keeps what an earlier call found, or doesn't look at tx.")
    renamed = tables[world.variants["other ids"]]
    if found := apart(now, renamed.set_axis(OTHER_ID - renamed.index)):
        return f"All users got other ids, {OTHER_ID:,} less the old one, and {found}. An id is a name, no number."
    return None if apart(others[earlier], now) else (
        f"features was asked about {len(earlier.users)} users as of {earlier.as_of:%d %B %Y} and as of 40 days later, "
        "and returned the same numbers for all of them, though each has ordered in between.")


@features.demands(HONEST, points=2, after=FIRST, call="""\
for question in (world.past, world.history, world.variants["another future"]):
    print(features(*question))""")
def _(features: Answer, tables: Replies, world: World) -> str | None:
    for what, question in (("was cut off at as_of", world.history),
                           ("was rewritten from as_of on", world.variants["another future"])):
        if found := apart(tables[question], tables[world.past]):
            return (f"{found[0].upper()}{found[1:]} when the history {what}. "
                    f"{witness(features, question, tables, world)}")
    return None


def witness(features: Answer, question: Question, tables: Replies, world: World) -> str:
    """A row of the future that makes a difference by itself, in words; that none does, where none was found."""
    past, (tx, users, as_of) = world.past, question
    future = tx[tx["occurred_at"] >= as_of].sort_values("occurred_at")
    mine = future[future["user_id"].isin(users)]
    for _, row in pd.concat([mine.head(5), mine.tail(5), future.tail(2)]).iterrows():
        planted = pd.concat([past.tx, row.to_frame().T.astype(tx.dtypes)], ignore_index=True)
        if apart(tables[past], asked(features, past._replace(tx=planted))):
            return (f"It takes one row to do that: user {row['user_id']}'s order of {row['amount']:.2f} EUR on "
                    f"{row['occurred_at']:%d %B %Y, %H:%M}, with as_of {as_of:%d %B %Y, %H:%M}.")
    return "No single row of the future does that; many together do."


@features.demands("takes what occurs at as_of for the future", points=1, after=FIRST, call="""\
for question in (world.past, world.variants["orders at as_of"]):
    print(features(*question))""")
def _(tables: Replies, world: World) -> str | None:
    found = apart(tables[world.past], tables[world.variants["orders at as_of"]])
    return found and f"An order was placed exactly at as_of, which is part of what is to be predicted, and {found}."


@features.demands("takes rows in any order", points=1, after=FIRST, call="""\
for question in (world.past, world.variants["another order"]):
    print(features(*question))""")
def _(tables: Replies, world: World) -> str | None:
    found = apart(tables[world.past], tables[world.variants["another order"]])
    return found and f"The rows of tx were put in another order, and {found}."


@features.demands("gives a user asked alone the same row as among others", points=2, after=FIRST, call="""\
for question in (world.past, *world.alone):
    print(features(*question))
for name in ("stranger", "stranger among others"):
    print(features(*world.variants[name]))""")
def _(tables: Replies, world: World) -> str | None:
    for question in world.alone:
        if found := apart(tables[world.past], tables[question]):
            return (f"Asked about user {question.users[0]} alone instead of {len(world.past.users)} users at once: "
                    f"{found}.")
    try:
        batch, alone = (tables[world.variants[name]] for name in ("stranger among others", "stranger"))
    except Failed:  # another property says that strangers are lost
        return None
    found = difference(batch.loc[[world.stranger]], alone)
    return found and (f"Asked about user {world.stranger}, of whom nothing is known, among others and then alone: "
                      f"{found}.")


@features.demands("has five columns that say different things", points=1, after=FIRST, call="""\
for question in world.model.values():
    print(features(*question).describe(), features(*question).corr(), sep="\\n")""")
def _(modelled: dict[float, pd.DataFrame]) -> str | None:
    columns = pd.concat([modelled[day] for day in TRAINING])
    different = rank(columns)
    return (f"Of {columns.shape[1]} columns only {different} say something of their own, and {COLUMNS} are needed. "
            "Each of the others is the same for everybody, or a sum of multiples of these and a constant, as 100 - "
            "days is one of days.") if different < COLUMNS else None


def rank(columns: pd.DataFrame) -> int:
    """How many columns are no weighted sum of others and a constant."""
    centred = columns - columns.mean()
    varied = centred.loc[:, centred.std() > 1e-9]
    return int(np.linalg.matrix_rank((varied / varied.std()).to_numpy(), tol=1e-4)) if varied.shape[1] else 0


@features.demands(f"predicts who buys: an AUC of {AUC:.2f} in the server", points=2, after=HONEST,
                  call="world.scores(features)")
def _(modelled: dict[float, pd.DataFrame], world: World) -> str | None:
    reached = auc(modelled, world.labels)
    return None if reached >= AUC else (
        f"A model trained on these features reaches an AUC of {reached:.3f} in the server, where there is no future; "
        f"two plain ones reach {world.reference:.3f}, and {AUC:.2f} is needed.")
