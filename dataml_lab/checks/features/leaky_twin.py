"""Exercise 3: a feature's twin that knows the future, and that nobody can tell from it where there is none."""

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.features.features import Question, alone, question
from dataml_lab.checks.features.frames import as_numbers, difference, left_out
from dataml_lab.checks.features.shop import DAY, before, buys
from dataml_lab.checks.shown import shown
from dataml_lab.runtime.answers import Answer, Failed, function

USERS = 1_000
GAIN, CLEARLY = 0.03, 0.004  # of AUC, by which a twin has to beat its honest feature in the history


def orders_30d(tx: pd.DataFrame, users: list[int], as_of: pd.Timestamp) -> pd.Series:
    """How many orders in the 30 days before."""
    return window(tx, as_of, 30).groupby("user_id").size().reindex(users).fillna(0.0)


def days_since_last(tx: pd.DataFrame, users: list[int], as_of: pd.Timestamp) -> pd.Series:
    """Days from the newest order before; 999 without one."""
    return ((as_of - before(tx, as_of).groupby("user_id")["occurred_at"].max()) / DAY).reindex(users).fillna(999.0)


def spend_90d(tx: pd.DataFrame, users: list[int], as_of: pd.Timestamp) -> pd.Series:
    """EUR in the 90 days before."""
    return window(tx, as_of, 90).groupby("user_id")["amount"].sum().reindex(users).fillna(0.0)


def window(tx: pd.DataFrame, as_of: pd.Timestamp, days: int) -> pd.DataFrame:
    """The transactions of the days before a moment."""
    return tx[(tx["occurred_at"] >= as_of - days * DAY) & (tx["occurred_at"] < as_of)]


HONEST = {"orders_30d": orders_30d, "days_since_last": days_since_last, "spend_90d": spend_90d}


def large(seed: int) -> Question:
    """A shop with so many customers that what a leak gains is no matter of chance, and orders at the windows' edges."""
    world = question(seed, USERS)
    edges = [moment(world) - days * DAY for days in (30, 90)]
    planted = world.tx.tail(2).assign(user_id=world.users[:2], occurred_at=edges)
    world.shop = world.shop._replace(tx=pd.concat([world.tx, planted], ignore_index=True))
    return world


def fair(world: Question) -> bool:
    """Whether all that is to come helps each feature clearly, and the day that begins clearly enough or clearly not."""
    users, as_of = world.everybody, moment(world)
    honest = {name: scored(feature(world.tx, users, as_of), world) for name, feature in HONEST.items()}
    day = [scored(HONEST[name](world.tx, users, as_of + DAY), world) - honest[name] for name in HONEST]
    everything = [scored(HONEST[name](brought(world), users, as_of), world) - honest[name] for name in HONEST]
    return min(everything) > GAIN + CLEARLY and all(abs(gain - GAIN) > CLEARLY for gain in day)


def brought(world: Question) -> pd.DataFrame:
    """The transactions as they look to whoever forgets the cut: what is to come has come just before."""
    tx, as_of = world.tx.copy(), moment(world)
    tx.loc[tx["occurred_at"] >= as_of, "occurred_at"] = as_of - pd.Timedelta(microseconds=1)
    return tx


def moment(world: Question) -> pd.Timestamp:
    """The moment for which features are computed, a midnight ten days before the history ends."""
    return world.shop.day(140)


def scored(feature: pd.Series, world: Question) -> float:
    """The AUC of a feature of all users alone."""
    return alone(feature, buys(world.tx, world.everybody, moment(world)))


def twin(leaky_twin: Answer, name: str, tx: pd.DataFrame, world: Question) -> pd.Series:
    """What an answer returns for all users of a world; Failed where that isn't a number for each of them."""
    value, users = leaky_twin(name, tx, world.everybody, moment(world)), world.everybody
    if not isinstance(value, pd.Series):
        raise Failed(f"leaky_twin returned {shown(value)} for {shown(name)}, where a Series is needed.")
    if found := left_out(value.index.tolist(), users):
        raise Failed(f"leaky_twin was asked for {shown(name)} of {len(users)} users, and the index of what it returned "
                     f"{found}.")
    return pd.Series(as_numbers(value.rename(name), "leaky_twin"), index=value.index).loc[users]


def unlike(leaky_twin: Answer, name: str, world: Question) -> str | None:
    """Where the twin is not the honest feature although there is no future, in words; None where it is. The honest
    feature itself is no twin."""
    past = before(world.tx, moment(world))
    with_future = HONEST[name](world.tx, world.everybody, moment(world))
    if not difference(with_future.to_frame(name), twin(leaky_twin, name, world.tx, world).to_frame(name)):
        return f"For {shown(name)} leaky_twin returned the honest feature itself, where tx has a future as well."
    if found := untidy(leaky_twin, name, past, world):
        return found
    honest = HONEST[name](past, world.everybody, moment(world))
    found = difference(honest.to_frame(name), twin(leaky_twin, name, past, world).to_frame(name))
    return found and ("Where tx ends before as_of the twin has to be the honest feature, which is named first: "
                      f"{found}.")


def untidy(leaky_twin: Answer, name: str, past: pd.DataFrame, world: Question) -> str | None:
    """That the rows are in another order than the users, or that tx was changed, in words; None where neither is."""
    users = world.everybody[::-1]
    value, (_, tx, _, _) = leaky_twin.call(name, past, users, moment(world))
    if value.index.tolist() != users:
        return f"The twin of {shown(name)} has the index {shown(value.index.tolist())}, with users {shown(users)}."
    return None if tx.equals(past) else "After the call tx is not what it was: work on a copy, others still need it."


def harmless(leaky_twin: Answer, name: str, world: Question) -> str | None:
    """That the twin doesn't gain by the future, in words; None where it does."""
    past, as_of = before(world.tx, moment(world)), moment(world)
    leaky, without = twin(leaky_twin, name, world.tx, world), twin(leaky_twin, name, past, world)
    if not difference(leaky.to_frame(name), without.to_frame(name)):
        return (f"The twin of {shown(name)} is the same whether tx goes on after as_of or not: hardly an order lies "
                "at as_of itself, so that to know of that one is to know nothing.")
    if (~np.isfinite(leaky)).any():
        return f"The twin of {shown(name)} is missing or infinite for user {leaky.index[~np.isfinite(leaky)][0]}."
    faked, honest = scored(leaky, world), scored(HONEST[name](world.tx, world.everybody, as_of), world)
    return None if faked >= honest + GAIN else (
        f"The twin of {shown(name)} knows the future and gains too little: its AUC in the history is {faked:.3f}, "
        f"that of the honest feature {honest:.3f}. What occurs in the week after as_of is what is to be predicted.")


def measured(leaky_twin: Answer, world: Question) -> str:
    """The AUC of each feature and its twin, in the history and in the server: for whoever reads why nobody noticed."""
    as_of = moment(world)
    lines, past = [f"{'AUC alone':<16}  honest  twin, history  twin, server"], before(world.tx, as_of)
    for name, honest in HONEST.items():
        twins = [scored(twin(leaky_twin, name, tx, world), world) for tx in (world.tx, past)]
        lines.append(f"{name:<16}  {scored(honest(past, world.everybody, as_of), world):>6.3f}  {twins[0]:>13.3f}  "
                     f"{twins[1]:>12.3f}")
    return "\n".join(lines)


leaky_twin = Exercise("leaky_twin", large, function("leaky_twin"), fair, essay=4,
                      measured=measured)


def demand(name: str) -> None:
    """Makes it two properties that the twin of a feature is like it without a future, and gains by one."""
    leaky_twin.demands(f"{name}: nobody tells the twin from it where there is no future", points=1)(
        lambda answer, world: unlike(answer, name, world))
    leaky_twin.demands(f"{name}: the twin knows the future, and fakes success", points=1)(
        lambda answer, world: harmless(answer, name, world))


for name in HONEST:
    demand(name)
