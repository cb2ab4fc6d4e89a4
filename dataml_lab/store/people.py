"""The users of a block: who they are, when their interest ends, and what they subscribe to."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.store import mechanisms as true
from dataml_lab.store.draws import DAY, exponential, ids, labels, normal, pick, stream, times, uniforms, whole
from dataml_lab.store.world import World

USERS_PER_BLOCK = 2_000
OPEN_FOR = 540 * DAY  # the shop opened this long before the simulated time
REASONS = ("too expensive", "not using it", "slow delivery", "moved to a competitor")


class People(NamedTuple):
    """Users in the order of signing up; one array element per user, moments in Unix seconds."""

    user_id: np.ndarray
    signed_up: np.ndarray
    country: np.ndarray  # codes, as are device, acquisition, favourite and plan
    device: np.ndarray
    acquisition: np.ndarray
    age: np.ndarray
    age_missing: np.ndarray
    session_rate: np.ndarray  # sessions a day, before season and disengagement
    propensity: np.ndarray  # log-odds added to every purchase decision
    favourite: np.ndarray
    sensitivity: np.ndarray  # to prices; 1 is average
    remembered: np.ndarray  # probability that a session needs no login
    plan: np.ndarray
    subscribes: np.ndarray
    subscribed: np.ndarray  # the moment, also for those who never do
    disengaged: np.ndarray
    churned: np.ndarray  # the moment; far in the future for those who never subscribed
    reason: np.ndarray  # for leaving, if they do

    @property
    def offset(self) -> np.ndarray:
        """Seconds the user's own clock is ahead of UTC."""
        return np.array([hours for _, hours in true.COUNTRIES.values()])[self.country] * 3600


def make_people(world: World, block: int, count: int) -> People:
    """`count` users of a block, sorted by the moment they signed up."""
    u = uniforms(stream(world.seed, "users", block), count, 20)
    signed_up = np.sort((world.start - OPEN_FOR + u[0] * (world.end - world.start + OPEN_FOR)).astype(np.int64))
    new = signed_up >= world.covariate_from
    age = np.clip(np.rint(41 + 14 * normal(u[4])), 18, 92).astype(np.int64)
    rate = 0.185 * np.exp(0.85 * normal(u[6]) - 0.85**2 / 2)
    sensitivity = np.exp(0.4 * normal(u[9]))
    plan = pick(u[11], (share for share, _ in true.PLANS.values()))
    subscribed = signed_up + 600 + exponential(u[12], 6 * DAY).astype(np.int64)
    disengaged, churned = leave(world, subscribed, true.disengagement_hazard(rate, sensitivity), u[13:16])
    subscribes = u[16] < 0.7
    return People(
        user_id=block * USERS_PER_BLOCK + 1 + np.arange(count, dtype=np.int64),
        signed_up=signed_up,
        country=mixed(u[1], (share for share, _ in true.COUNTRIES.values()), true.COUNTRIES_AFTER, new),
        device=mixed(u[2], true.DEVICES.values(), true.DEVICES_AFTER, new),
        acquisition=mixed(u[3], true.ACQUISITIONS.values(), true.ACQUISITIONS_AFTER, new),
        age=age,
        age_missing=u[5] < true.age_missing_probability(age),
        session_rate=rate,
        propensity=1.15 * normal(u[7]) + 0.01 * (age - 41),
        favourite=pick(u[8], (share for share, _, _ in true.CATEGORIES.values())),
        sensitivity=sensitivity,
        remembered=np.where(u[10] < 0.15, 1.0, u[10]),
        plan=plan,
        subscribes=subscribes,
        subscribed=subscribed,
        disengaged=disengaged,
        churned=np.where(subscribes, churned, world.end + 3650 * DAY),
        reason=pick(u[17], (0.35, 0.30, 0.15, 0.20)),
    )


def mixed(u: np.ndarray, before, after: dict, new: np.ndarray) -> np.ndarray:
    """Codes from the mix `before`, or from the mix `after` where `new`: the same luck, another mix."""
    return np.where(new, pick(u, after.values()), pick(u, before))


def leave(world: World, subscribed: np.ndarray, hazard: np.ndarray, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The moments of disengaging, and of churn: 7 days and a gamma(2) of mean 20 days later.

    The clock of the hazard starts with the subscription, at the earliest 30 days before the simulated time.
    """
    clock = np.maximum(subscribed, world.start - 30 * DAY)
    disengaged = clock + exponential(u[0], 1 / hazard * DAY).astype(np.int64)
    lag = 7 * DAY + (exponential(u[1], 10 * DAY) + exponential(u[2], 10 * DAY)).astype(np.int64)
    return disengaged, disengaged + lag


def users_table(people: People) -> pd.DataFrame:
    """`users` as the shop knows them."""
    return pd.DataFrame(
        {
            "user_id": people.user_id,
            "signed_up_at": times(people.signed_up),
            "country": labels(people.country, true.COUNTRIES),
            "age": whole(people.age, ~people.age_missing),
            "device": labels(people.device, true.DEVICES),
            "acquisition": labels(people.acquisition, true.ACQUISITIONS),
        }
    )


def users_truth(people: People) -> pd.DataFrame:
    """What the shop never sees: rates, tastes, the moments of disengaging and churn (NaT: never)."""
    return pd.DataFrame(
        {
            "user_id": people.user_id,
            "age": people.age,
            "age_missing_probability": true.age_missing_probability(people.age),
            "session_rate": people.session_rate,
            "propensity": people.propensity,
            "favourite": labels(people.favourite, true.CATEGORIES),
            "price_sensitivity": people.sensitivity,
            "remembered": people.remembered,
            "disengagement_hazard": true.disengagement_hazard(people.session_rate, people.sensitivity),
            "disengaged_at": times(people.disengaged),
            "churns_at": times(people.churned, people.subscribes),
        }
    )


def subscriptions_table(world: World, block: int, people: People) -> pd.DataFrame:
    """`subscriptions` begun before the end; `closed_at` and the reason are missing while one is active."""
    who = np.flatnonzero(people.subscribes & (people.subscribed < world.end))
    who = who[np.argsort(people.subscribed[who], kind="stable")]
    closed = people.churned[who] < world.end
    prices = np.array([price for _, price in true.PLANS.values()])
    return pd.DataFrame(
        {
            "subscription_id": ids(block, len(who)),
            "user_id": people.user_id[who],
            "plan": labels(people.plan[who], true.PLANS),
            "price": prices[people.plan[who]],
            "started_at": times(people.subscribed[who]),
            "closed_at": times(people.churned[who], closed),
            "cancellation_reason": labels(np.where(closed, people.reason[who], -1), REASONS),
        }
    )
