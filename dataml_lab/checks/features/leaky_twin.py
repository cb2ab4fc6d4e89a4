"""A feature's twin that knows the future, and that nobody can tell from it where there is none."""

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.features.frames import difference, numbers, of_users
from dataml_lab.checks.features.shop import DAY, alone, before, buys, days_since_last, orders_30d, shop, spend_90d
from dataml_lab.checks.scenes import Replies
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import shown

USERS = 1_000
GAIN, CLEARLY = 0.03, 0.004  # of AUC, by which a twin has to beat its honest feature in the history
HONEST = {"orders_30d": orders_30d, "days_since_last": days_since_last, "spend_90d": spend_90d}


class Asked(NamedTuple):
    """The arguments of a call, and the honest feature for them."""

    name: str
    tx: pd.DataFrame
    users: list[int]
    as_of: pd.Timestamp
    honest: pd.Series


@dataclass(frozen=True)
class World:
    """A shop with so many customers that what a leak gains is no matter of chance, at a moment in the night ten days
    before its history ends. By name of a feature, what is asked in the history and in the server."""

    history: dict[str, Asked]
    server: dict[str, Asked]
    truth: pd.Series  # whether each user buys in the week from the moment on
    gains: list[list[float]]  # of AUC, of the honest features: by all that is to come, and by the next 24 hours
    seed: int

    def auc(self, feature: pd.Series) -> float:
        """The AUC of a feature of all users alone, in whichever direction is better."""
        return alone(feature, self.truth.loc[feature.index])


def world(seed: int) -> World:
    """A shop with orders at the edges of its windows, before them on the same day, and just after the moment."""
    random = np.random.default_rng(seed)
    found, users = shop(random, USERS), list(range(1, USERS + 1))
    as_of = found.day(140) + pd.Timedelta(minutes=int(random.integers(30, 120)))
    minutes = pd.Timedelta(minutes=20)
    moments = [*(as_of - days * DAY - back for days, back in product((30, 90), (0 * DAY, minutes))), as_of + minutes]
    planted = found.tx.tail(5).assign(user_id=random.choice(users, 5, replace=False), occurred_at=moments)
    tx = pd.concat([found.tx, planted], ignore_index=True)
    past, truth = before(tx, as_of), pd.Series(buys(tx, users, as_of), users)
    history = {name: Asked(name, tx, users, as_of, honest(tx, users, as_of)) for name, honest in HONEST.items()}
    server = {name: asked._replace(tx=past, users=users[::-1], honest=asked.honest[::-1])
              for name, asked in history.items()}
    brought = tx.assign(occurred_at=tx["occurred_at"].where(tx["occurred_at"] < as_of, as_of - pd.Timedelta(1, "us")))
    scores = {name: alone(asked.honest, truth) for name, asked in history.items()}
    gains = [[alone(HONEST[name](there, users, moment), truth) - score for name, score in scores.items()]
             for there, moment in ((brought, as_of), (tx, as_of + DAY))]
    return World(history, server, truth, gains, seed)


def fair(world: World) -> bool:
    """Whether all that is to come helps each feature clearly, and the next 24 hours clearly enough the days since the
    last order, and clearly not the others."""
    everything, (orders, days, spend) = world.gains
    return min(everything) > GAIN + CLEARLY and days > GAIN + CLEARLY and max(orders, spend) < GAIN - CLEARLY


class Twin(NamedTuple):
    """What came of a call: a feature as floats, in the order of the index that it came with, and the users' orders as
    the call left them."""

    feature: pd.Series
    tx: pd.DataFrame


def twin(leaky_twin: Answer, asked: Asked) -> Twin:
    """What comes of a call; Failed where that isn't a number for each of the users."""
    value, (_, tx, _, _) = leaky_twin.call(*asked[:4])
    if not isinstance(value, pd.Series):
        raise Failed(f"leaky_twin returned {shown(value)} for {shown(asked.name)}, where a Series is needed.")
    of_users(value, f"leaky_twin, for {shown(asked.name)},", asked.users)
    found = numbers(value)
    if found is None:
        raise Failed(f"leaky_twin returned {shown(value.iloc[0])} for {shown(asked.name)}, where numbers are needed.")
    return Twin(pd.Series(found, value.index), tx)


def apart(one: pd.Series, other: pd.Series, name: str) -> str | None:
    """Where a twin differs first from the honest feature, in words; None where it doesn't."""
    return difference(one.to_frame(name), other.loc[one.index].to_frame(name),
                      "for user {user} the honest {name} is {one}, and your twin is {other}")


def measured(twins: Replies, world: World) -> str:
    """The AUC of each feature and its twin, in the history and in the server: for the person who reads why nobody
    noticed."""
    lines = [f"{'AUC alone':<16}  honest  twin, history  twin, server"]
    for name, honest in world.server.items():
        history, server = (world.auc(twins[asked[name]].feature) for asked in (world.history, world.server))
        lines.append(f"{name:<16}  {world.auc(honest.honest):>6.3f}  {history:>13.3f}  {server:>12.3f}")
    return "\n".join(lines)


leaky_twin = Exercise("leaky_twin", world, function("leaky_twin"), fair, essay=4, measured=measured)


@leaky_twin.scene
def twins(leaky_twin: Answer, world: World) -> Replies:
    """The twin of each feature, in the history and in the server."""
    return Replies(lambda asked: twin(leaky_twin, asked), [*world.history.values(), *world.server.values()], world.seed)


def first_difference(twins: Replies, name: str, world: World) -> str | None:
    """Where a twin is not the honest feature although there is no future, in words; None where it is. The honest
    feature itself is no twin."""
    history, server = world.history[name], world.server[name]
    if not apart(history.honest, twins[history].feature, name):
        return (f"For {shown(name)} leaky_twin returned the honest feature itself, also in the history, where tx goes "
                "on after as_of. The honest feature earns nothing, in the server neither.")
    feature, tx = twins[server]
    if feature.index.tolist() != server.users:
        return (f"The twin of {shown(name)} has the index {shown(feature.index.tolist())}, with users "
                f"{shown(server.users)}.")
    if not tx.equals(server.tx):
        return "After the call tx is not what it was: work on a copy, others still need it."
    found = apart(server.honest, feature, name)
    return found and (f"Where tx ends before as_of, {server.as_of:%d %B %Y, %H:%M}, the twin has to be the honest "
                      f"feature: {found}.")


def harmless(twins: Replies, name: str, world: World) -> str | None:
    """That a twin doesn't gain by the future, in words; None where it does."""
    leaky, without = (twins[asked[name]].feature for asked in (world.history, world.server))
    if not difference(leaky.to_frame(name), without.loc[leaky.index].to_frame(name)):
        return (f"The twin of {shown(name)} is the same with and without the future of tx. (`<=` instead of `<` "
                "changes nothing: almost no order lies exactly at as_of.)")
    if (~np.isfinite(leaky)).any():
        return f"The twin of {shown(name)} is missing or infinite for user {leaky.index[~np.isfinite(leaky)][0]}."
    faked, honest = world.auc(leaky), world.auc(world.history[name].honest)
    return None if faked >= honest + GAIN else (
        f"The twin of {shown(name)} knows the future and gains too little: its AUC in the history is {faked:.3f}, "
        f"that of the honest feature {honest:.3f}. What occurs in the week after as_of is what is to be predicted.")


DIFFERING = """\
for place, asked in (("server: nobody", world.server), ("history: many", world.history)):
    name, tx, users, as_of, honest = asked["{name}"]
    both = honest.to_frame("honest").assign(twin=leaky_twin(name, tx, users, as_of))
    print(place + " should differ", both[both["twin"] != both["honest"]], sep="\\n")"""
HARMLESS = """\
name, tx, users, as_of, honest = world.history["{name}"]
world.auc(honest), world.auc(leaky_twin(name, tx, users, as_of))"""


def demand(name: str) -> None:
    """Makes it two properties that the twin of a feature is like it without a future, and gains by one."""
    leaky_twin.demands(f"{name}: in the server the twin equals the feature", points=1,
                       call=DIFFERING.format(name=name))(lambda twins, world: first_difference(twins, name, world))
    leaky_twin.demands(f"{name}: in the history the twin's AUC is at least {GAIN} higher", points=1,
                       call=HARMLESS.format(name=name))(lambda twins, world: harmless(twins, name, world))


for name in HONEST:
    demand(name)
