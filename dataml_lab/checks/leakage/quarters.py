"""Customers of a subscription for exercise `churn_model`: a table that was exported late, a log, and who leaves.

Each customer has a mood, which nobody sees. A bad mood means fewer logins, more tickets and an earlier end; nothing
else is known of who leaves. Mood and luck are spread evenly over customers, as points of a lattice, not random ones,
so that what a model can reach in one quarter it can reach in any other: the AUC hardly moves with the seed.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from dataml_lab.evaluation.classification import auc

CUSTOMERS, HORIZON, LOGGED = 7_500, 60, 60  # days that the label looks ahead, and that the log goes back
LOGINS, TICKETS = (0.11, 0.8), (0.010, -0.7)  # a day: of a customer of mood 0, and the exponent of the mood
STAYS, FASTER = 7.25, 1.5  # logarithm of the mean days to the end at mood 0, and by how much it rises with the mood
GOODBYES = (0.5, 1.5, 2.5)  # days before the end at which those who leave write
REASONS = np.array(["price", "moved", "support", "other"])
WRITTEN = ("account_age", "last_login_days_ago", "support_tickets_count", "cancellation_reason")
DAY = pd.Timedelta(days=1)
GOLDEN = (5 ** 0.5 - 1) / 2  # multiples of it, without their whole part, are spread evenly over 0 to 1


class Asked(NamedTuple):
    """The arguments of a call."""

    table: pd.DataFrame
    events: pd.DataFrame
    as_of: pd.Timestamp


@dataclass(frozen=True, eq=False)
class Quarter:
    """A table of customers as it was at the export, their log until then, and who leaves in the 60 days from as_of."""

    table: pd.DataFrame
    events: pd.DataFrame
    as_of: pd.Timestamp
    exported_at: pd.Timestamp
    leaves: np.ndarray
    best: float  # AUC of what knows all rates, and each customer's logins and tickets before as_of

    @property
    def training(self) -> Asked:
        """What a model is trained with: the table has the column `churned`."""
        return self.asked._replace(table=self.table.assign(churned=self.leaves * 1))

    @property
    def asked(self) -> Asked:
        """What is known of these customers at the export."""
        return Asked(self.table, self.events, self.as_of)

    def auc(self, scores: np.ndarray) -> float:
        """The AUC of scores of the customers, in the order of the table."""
        return auc(self.leaves, scores)


@dataclass(frozen=True)
class Quarters:
    """The quarter to train on, exported 60 days late, and the next one, exported at as_of, with other customers."""

    late: Quarter
    next: Quarter
    seed: int

    @property
    def shuffled(self) -> Asked:
        """The arguments of the training with the labels in a random order, of which no input knows anything."""
        given = self.late.training
        labels = np.random.default_rng([self.seed, 1]).permutation(given.table["churned"])
        return given._replace(table=given.table.assign(churned=labels))


def quarters(seed: int) -> Quarters:
    """The quarters of a seed."""
    random = np.random.default_rng(seed)
    as_of = pd.Timestamp("2024-01-01", tz="UTC") + int(random.integers(0, 400)) * DAY
    return Quarters(quarter(random, as_of, HORIZON), quarter(random, as_of + 91 * DAY, 0), seed)


class People(NamedTuple):
    """Customers, from the worst mood to the best: when each joins and leaves, in days from as_of, and the mood."""

    mood: np.ndarray
    joins: np.ndarray
    leaves: np.ndarray


def people(random: np.random.Generator) -> People:
    """Customers who joined in the 60 days before the log begins. Where the mood is m, the days until the end are
    exponential with the mean exp(7.25 + 1.5 m)."""
    places = np.arange(CUSTOMERS)
    mood, luck = ndtri((places + 0.5) / CUSTOMERS), (random.random() + places * GOLDEN) % 1
    leaves = -np.log1p(-luck) * np.exp(STAYS + FASTER * mood)
    return People(mood, -random.uniform(LOGGED, 2 * LOGGED, CUSTOMERS), leaves)


def rate(of: tuple[float, float], mood: np.ndarray) -> np.ndarray:
    """How often a day somebody of this mood logs in, or writes a ticket."""
    return of[0] * np.exp(of[1] * mood)


def quarter(random: np.random.Generator, as_of: pd.Timestamp, late: int) -> Quarter:
    """A quarter whose table is exported so many days after as_of."""
    found = people(random)
    until = np.minimum(found.leaves, late)
    logins, tickets = (happened(random, rate(of, found.mood), until) for of in (LOGINS, TICKETS))
    tickets = pd.concat([tickets, goodbyes(found, late)])
    earlier = random.poisson(rate(TICKETS, found.mood) * (-LOGGED - found.joins))
    order, users = random.permutation(CUSTOMERS), 10_000 + random.permutation(CUSTOMERS)
    table = pd.DataFrame({
        "user_id": users, "account_age": until - found.joins,
        "last_login_days_ago": late - logins.groupby("who")["day"].max().reindex(range(CUSTOMERS)),
        "support_tickets_count": earlier + counted(tickets),
        "cancellation_reason": pd.Series(random.choice(REASONS, CUSTOMERS), dtype="str").where(found.leaves < late)})
    table[["account_age", "last_login_days_ago"]] = table[["account_age", "last_login_days_ago"]].round(1)
    return Quarter(table.iloc[order].reset_index(drop=True), log(users, as_of, login=logins, ticket=tickets), as_of,
                   as_of + late * DAY, (found.leaves < HORIZON)[order],
                   auc(found.leaves < HORIZON, chance(before(logins), before(tickets))))


def happened(random: np.random.Generator, rates: np.ndarray, until: np.ndarray) -> pd.DataFrame:
    """Events at these rates a day, from the beginning of the log until a day for each customer: `who` and `day`."""
    who = np.repeat(np.arange(CUSTOMERS), random.poisson(rates * (LOGGED + until)))
    return pd.DataFrame({"who": who, "day": random.random(len(who)) * (LOGGED + until[who]) - LOGGED})


def goodbyes(found: People, late: int) -> pd.DataFrame:
    """The tickets of those who leave: "please cancel", three times in the last days."""
    days = np.subtract.outer(found.leaves, GOODBYES)
    who, _ = np.nonzero(days < late)
    return pd.DataFrame({"who": who, "day": days[days < late]})


def log(users: np.ndarray, as_of: pd.Timestamp, **kinds: pd.DataFrame) -> pd.DataFrame:
    """Events by kind as a log, in the order of time."""
    rows = pd.concat([events.assign(kind=kind) for kind, events in kinds.items()]).sort_values("day")
    moments = (as_of + pd.to_timedelta(rows["day"], unit="D")).dt.floor("s")
    return pd.DataFrame({"user_id": users[rows["who"]], "kind": rows["kind"].astype("str"),
                         "occurred_at": moments.dt.as_unit("us")}).reset_index(drop=True)


def counted(events: pd.DataFrame) -> np.ndarray:
    """How many events each customer has."""
    return np.bincount(events["who"], minlength=CUSTOMERS)


def before(events: pd.DataFrame) -> np.ndarray:
    """How many events before as_of each customer has."""
    return counted(events[events["day"] < 0])


def chance(logins: np.ndarray, tickets: np.ndarray) -> np.ndarray:
    """The probability of leaving within the horizon, given the numbers of logins and tickets before as_of: the mean of
    1 − exp(−60 / exp(7.25 + 1.5 m)) over the moods m, each weighed by the Poisson probability of these numbers."""
    mood = ndtri((np.arange(60) + 0.5) / 60)
    said = np.zeros((len(logins), 60))
    for count, of in ((logins, LOGINS), (tickets, TICKETS)):
        mean = rate(of, mood) * LOGGED
        said += count[:, None] * np.log(mean) - mean
    weight = np.exp(said - said.max(axis=1, keepdims=True))
    return weight @ -np.expm1(-HORIZON / np.exp(STAYS + FASTER * mood)) / weight.sum(axis=1)
