"""Sessions of a block's users, the decision to buy in each, and the activity events they leave behind."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.store import mechanisms as true
from dataml_lab.store.draws import DAY, exponential, ids, labels, pick, stream, times, uniforms, whole
from dataml_lab.store.people import People
from dataml_lab.store.world import World

KINDS = ("login", "page_view", "click", "purchase")
LOGIN, PAGE_VIEW, CLICK, PURCHASE = range(4)
CHANNELS = ("web", "app", "phone")
WEB, APP, PHONE = range(3)


class Visits(NamedTuple):
    """Sessions in time order; one array element per session, moments in Unix seconds."""

    user: np.ndarray  # position in the block
    started: np.ndarray
    product: np.ndarray  # position in the products: what the session is about
    device: np.ndarray
    channel: np.ndarray  # of the order, if there is one
    login: np.ndarray
    probability: np.ndarray  # of a purchase
    buys: np.ndarray
    contents: np.ndarray  # how many page views and clicks


class Events(NamedTuple):
    """Events session by session, the last of a buying session being its purchase (also by phone)."""

    session: np.ndarray  # position in the visits
    kind: np.ndarray
    product: np.ndarray  # position in the products, -1 for none
    at: np.ndarray
    luck: np.ndarray


def make_visits(world: World, block: int, people: People) -> Visits:
    """When users come, what they look at and whether they buy."""
    user, started = arrivals(world, block, people)
    u = uniforms(stream(world.seed, "visits", block), len(user), 10)
    favourite = people.favourite[user]
    category = np.where(u[0] < 0.45, favourite, pick(u[1], (share for share, _, _ in true.CATEGORIES.values())))
    product = product_of(world, category, u[2])
    device = np.where(u[3] < 0.9, people.device[user], pick(u[4], (1, 1, 1)))
    channel = np.where(u[5] < 0.05, PHONE, np.where((device > 0) & (u[5] < 0.62), APP, WEB))
    probability = true.purchase_probability(
        people.propensity[user],
        category == favourite,
        world.products["price"].to_numpy()[product],
        people.sensitivity[user],
        gap_days(user, started),
        started >= world.concept_from,
    )
    buys, login = u[6] < probability, u[7] >= people.remembered[user]
    contents = np.minimum(1 + exponential(u[8], 3.2).astype(np.int64) + 2 * buys, 40)
    return Visits(user, started, product, device, channel, login, probability, buys, contents)


def arrivals(world: World, block: int, people: People) -> tuple[np.ndarray, np.ndarray]:
    """Users (positions) and the moments they come, in time order: a Poisson number per user and UTC day."""
    rng = stream(world.seed, "sessions", block)
    noon = (world.days.astype(np.int64) * DAY + DAY // 2)[:, None]
    left = true.engagement((noon - people.disengaged) / DAY, (noon - people.churned) / DAY)
    count = rng.poisson(people.session_rate * true.season(world.days)[:, None] * left)
    day, user = np.divmod(np.repeat(np.arange(count.size), count.ravel()), len(people.user_id))
    local = np.interp(rng.random(len(day)), np.append(0, np.cumsum(true.HOURS)), np.arange(25) * 3600.0)
    second = (local.astype(np.int64) - people.offset[user]) % DAY
    started = world.start + day * DAY + second
    member = started >= people.signed_up[user]
    user, started = user[member], started[member]
    order = np.lexsort((user, started))
    return user[order], started[order]


def gap_days(user: np.ndarray, started: np.ndarray) -> np.ndarray:
    """Days since the same user's previous session (infinite for the first), for sessions in time order.

    >>> gap_days(np.array([7, 8, 7]), np.array([0, 50, 86_400]))
    array([inf, inf,  1.])
    """
    order = np.argsort(user, kind="stable")
    same = np.append(False, np.diff(user[order]) == 0)
    gap = np.empty(len(user))
    gap[order] = np.where(same, np.append(0, np.diff(started[order])) / DAY, np.inf)
    return gap


def product_of(world: World, category: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Positions of products of these categories, popular ones more often."""
    ends = np.cumsum(world.product_truth["popularity"].to_numpy())
    last = np.searchsorted(world.products["category"].cat.codes, np.arange(len(true.CATEGORIES)), side="right")
    high = ends[last - 1]
    low = np.append(0, high[:-1])
    place = low[category] + u * (high - low)[category]
    return np.minimum(np.searchsorted(ends, place, side="right"), len(ends) - 1)


def make_events(world: World, block: int, visits: Visits) -> Events:
    """A login (if the device is not remembered), page views and clicks, and the purchase."""
    size = visits.login + visits.contents + visits.buys
    session = np.repeat(np.arange(len(size)), size)
    first = np.cumsum(size) - size
    place = np.arange(len(session)) - first[session]
    u = uniforms(stream(world.seed, "events", block), len(session), 4)
    kind = event_kinds(visits, session, place, size, u[0])
    gap = np.where(place == 0, 0, exponential(u[1], 40)).astype(np.int64)
    since = np.cumsum(gap)
    at = visits.started[session] + since - since[first][session]
    return Events(session, kind, event_products(world, visits, session, kind, place, u[2]), at, u[3])


def event_kinds(visits: Visits, session: np.ndarray, place: np.ndarray, size: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Codes into KINDS for events at these places of their sessions; the first content is a page view."""
    content = place - visits.login[session]
    kind = np.where((content > 0) & (u < 0.27), CLICK, PAGE_VIEW)
    kind[content < 0] = LOGIN
    kind[visits.buys[session] & (place == size[session] - 1)] = PURCHASE
    return kind


def event_products(
    world: World, visits: Visits, session: np.ndarray, kind: np.ndarray, place: np.ndarray, u: np.ndarray
) -> np.ndarray:
    """Positions of products: none at login and on the home page, mostly the session's own."""
    category = world.products["category"].cat.codes.to_numpy()
    own = visits.product[session]
    product = np.where(u < 0.6, own, product_of(world, category[own], (u - 0.6).clip(0) / 0.4))
    product = np.where((kind == CLICK) | (kind == PURCHASE), own, product)
    return np.where((kind == LOGIN) | ((kind == PAGE_VIEW) & (place == 0)), -1, product)


def sessions_table(block: int, people: People, visits: Visits, events: Events, end: int) -> pd.DataFrame:
    """`sessions`: from the first event to a few seconds after the last."""
    last = np.zeros(len(visits.user), np.int64)
    last[events.session] = events.at + 5 + (events.luck * 30).astype(np.int64)
    return pd.DataFrame(
        {
            "session_id": ids(block, len(visits.user)),
            "user_id": people.user_id[visits.user],
            "started_at": times(visits.started),
            "ended_at": times(np.minimum(last, end)),
            "device": labels(visits.device, true.DEVICES),
        }
    )


def sessions_truth(block: int, world: World, visits: Visits) -> pd.DataFrame:
    """The product each session is about and the probability that it is bought."""
    return pd.DataFrame(
        {
            "session_id": ids(block, len(visits.user)),
            "product_id": world.products["product_id"].to_numpy()[visits.product],
            "purchase_probability": visits.probability,
        }
    )


def activity_table(
    world: World, block: int, people: People, visits: Visits, events: Events, order_id: np.ndarray
) -> pd.DataFrame:
    """`activity`: what site and app log, as it occurs; `order_id` is that of each session, 0 for none."""
    logged = (events.at < world.end) & ((events.kind != PURCHASE) | (visits.channel[events.session] != PHONE))
    keep = np.flatnonzero(logged)
    keep = keep[np.argsort(events.at[keep], kind="stable")]
    session, kind, product, at = (
        events.session[keep],
        events.kind[keep],
        events.product[keep],
        events.at[keep],
    )
    number = world.products["product_id"].to_numpy()[product]
    return pd.DataFrame(
        {
            "event_id": ids(block, len(keep)),
            "session_id": ids(block, len(visits.user))[session],
            "user_id": people.user_id[visits.user[session]],
            "kind": labels(kind, KINDS),
            "product_id": whole(number, product >= 0),
            "order_id": whole(order_id[session], kind == PURCHASE),
            "occurred_at": times(at),
            "received_at": times(at + 1 + exponential(events.luck[keep], 3).astype(np.int64)),
        }
    )
