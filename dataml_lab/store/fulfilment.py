"""From a decision to buy to what follows: orders, payments, deliveries and returns."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.store import mechanisms as true
from dataml_lab.store.draws import DAY, exponential, ids, labels, normal, pick, stream, times, uniforms
from dataml_lab.store.people import People
from dataml_lab.store.visits import CHANNELS, PURCHASE, Events, Visits
from dataml_lab.store.world import World, weather_at

STATUSES = ("completed", "cancelled")
DELIVERY_STATUSES = ("delivered", "failed", "under way")
DELIVERED, FAILED, UNDER_WAY = range(3)
RETURN_REASONS = ("damaged", "wrong size", "not as described", "changed my mind")
DAMAGED = 0
EXPORT_EVERY = 15 * 60  # seconds: the shop's exporter sends orders in batches, so several arrive at one moment


class Orders(NamedTuple):
    """Orders in time order, with all that follows; one array element per order, moments in Unix seconds."""

    order_id: np.ndarray
    user: np.ndarray  # position in the block
    session: np.ndarray  # position in the visits
    product: np.ndarray
    quantity: np.ndarray
    total: np.ndarray
    cancelled: np.ndarray
    at: np.ndarray
    luck: np.ndarray


class Payments(NamedTuple):
    """A payment per order, aligned with the orders."""

    at: np.ndarray
    attempts: np.ndarray
    mismatch: np.ndarray
    probability: np.ndarray  # of fraud
    fraud: np.ndarray


class Deliveries(NamedTuple):
    """A delivery per order (only `sent` ones are real), aligned with the orders."""

    sent: np.ndarray
    zone: np.ndarray
    distance: np.ndarray
    weather: np.ndarray
    courier: np.ndarray
    dispatched: np.ndarray
    promised: np.ndarray
    delivered: np.ndarray
    status: np.ndarray
    median: np.ndarray  # minutes


class Returns(NamedTuple):
    """A return per order (only `sent` ones are real), aligned with the orders."""

    sent: np.ndarray
    probability: np.ndarray
    at: np.ndarray
    refund: np.ndarray
    reason: np.ndarray


def make_orders(world: World, block: int, visits: Visits, events: Events) -> Orders:
    """The orders of the purchases before the end."""
    bought = np.flatnonzero((events.kind == PURCHASE) & (events.at < world.end))
    bought = bought[np.argsort(events.at[bought], kind="stable")]
    session = events.session[bought]
    u = uniforms(stream(world.seed, "orders", block), len(bought), 24)
    product = visits.product[session]
    quantity = 1 + np.minimum(exponential(u[0], 0.5).astype(np.int64), 9)
    total = (world.products["price"].to_numpy()[product] * quantity).round(2)
    at = events.at[bought]
    return Orders(ids(block, len(bought)), visits.user[session], session, product, quantity, total, u[1] < 0.06, at, u)


def orders_table(people: People, visits: Visits, orders: Orders) -> pd.DataFrame:
    """`orders`; they arrive with the next batch of the exporter, every quarter of an hour."""
    return pd.DataFrame(
        {
            "order_id": orders.order_id,
            "user_id": people.user_id[orders.user],
            "product_id": orders.product + 1,
            "quantity": orders.quantity,
            "total": orders.total,
            "status": labels(orders.cancelled.astype(int), STATUSES),
            "channel": labels(visits.channel[orders.session], CHANNELS),
            "occurred_at": times(orders.at),
            "received_at": times((orders.at // EXPORT_EVERY + 1) * EXPORT_EVERY),
        }
    )


def orders_by_session(visits: Visits, orders: Orders) -> np.ndarray:
    """The order id of each session, 0 for none."""
    found = np.zeros(len(visits.user), np.int64)
    found[orders.session] = orders.order_id
    return found


def make_payments(world: World, people: People, orders: Orders) -> Payments:
    """When and how orders are paid, and which payments are fraudulent."""
    u = orders.luck[2:7]
    at = np.minimum(orders.at + 1 + exponential(u[0], 20).astype(np.int64), world.end - 1)
    attempts = 1 + np.minimum(exponential(u[1], 0.45).astype(np.int64), 5)
    mismatch = u[2] < 0.04
    hour = (at + people.offset[orders.user]) // 3600 % 24
    age = (at - people.signed_up[orders.user]) / DAY
    changed = at >= world.concept_from
    probability = true.fraud_probability(orders.total, hour, mismatch, age, attempts, changed)
    return Payments(at, attempts, mismatch, probability, u[3] < probability)


def payments_tables(block: int, people: People, orders: Orders, paid: Payments) -> dict[str, pd.DataFrame]:
    """`payments` in time order, and their truth."""
    row = np.argsort(paid.at, kind="stable")
    number = ids(block, len(row))
    payments = pd.DataFrame(
        {
            "payment_id": number,
            "order_id": orders.order_id[row],
            "user_id": people.user_id[orders.user[row]],
            "amount": orders.total[row],
            "method": labels(pick(orders.luck[6, row], true.METHODS.values()), true.METHODS),
            "attempts": paid.attempts[row],
            "country_mismatch": paid.mismatch[row],
            "occurred_at": times(paid.at[row]),
            "is_fraud": paid.fraud[row],
        }
    )
    return {
        "payments": payments,
        "truth.payments": pd.DataFrame({"payment_id": number, "fraud_probability": paid.probability[row]}),
    }


def make_deliveries(world: World, orders: Orders) -> Deliveries:
    """Dispatch, promise and arrival of every completed order.

    The promise is the median for clear weather outside the rush, as before any shift, × 1.3 + 5 minutes,
    rounded up to five minutes.
    """
    u = orders.luck[7:14]
    dispatched = orders.at + 600 + exponential(u[0], 1200).astype(np.int64)
    zone, distance = make_routes(u[1:3], dispatched >= world.covariate_from)
    weather = weather_at(world, np.minimum(dispatched, world.end - 1))
    courier = (u[3] * len(world.couriers)).astype(np.int64)
    factor = np.array([factor for _, factor, _ in true.ZONES.values()])[zone]
    slow = np.array([factor for _, factor in true.WEATHER.values()])[weather]
    person = world.couriers["factor"].to_numpy()[courier]
    hour, changed = dispatched // 3600 % 24, dispatched >= world.concept_from
    median = true.delivery_minutes(distance, factor, hour, slow, person, changed)
    usual = true.delivery_minutes(distance, factor, 12, 1.0, 1.0, False)
    promised = dispatched + (np.ceil((usual * 1.3 + 5) / 5) * 300).astype(np.int64)
    delivered = dispatched + (median * np.exp(true.DELIVERY_NOISE * normal(u[4])) * 60).astype(np.int64)
    status = np.where(u[5] < 0.015, FAILED, np.where(delivered >= world.end, UNDER_WAY, DELIVERED))
    sent = ~orders.cancelled & (dispatched < world.end)
    return Deliveries(sent, zone, distance, weather, courier, dispatched, promised, delivered, status, median)


def make_routes(u: np.ndarray, shifted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Zones (codes) and distances (km, to 10 m): log-normal with the zone's median, longer where `shifted`."""
    before = pick(u[0], (share for share, _, _ in true.ZONES.values()))
    zone = np.where(shifted, pick(u[0], true.ZONES_AFTER.values()), before)
    reach = np.array([median for _, _, median in true.ZONES.values()])[zone]
    distance = reach * np.exp(0.5 * normal(u[1])) * np.where(shifted, true.DISTANCE_AFTER, 1)
    return zone, np.clip(distance, 0.2, 60).round(2)


def deliveries_tables(block: int, orders: Orders, trips: Deliveries) -> dict[str, pd.DataFrame]:
    """`deliveries` in the order of dispatch, and their truth (minutes)."""
    row = np.flatnonzero(trips.sent)
    row = row[np.argsort(trips.dispatched[row], kind="stable")]
    number = ids(block, len(row))
    deliveries = pd.DataFrame(
        {
            "delivery_id": number,
            "order_id": orders.order_id[row],
            "courier_id": trips.courier[row] + 1,
            "zone": labels(trips.zone[row], true.ZONES),
            "distance_km": trips.distance[row],
            "weather": labels(trips.weather[row], true.WEATHER),
            "dispatched_at": times(trips.dispatched[row]),
            "promised_at": times(trips.promised[row]),
            "delivered_at": times(trips.delivered[row], trips.status[row] == DELIVERED),
            "status": labels(trips.status[row], DELIVERY_STATUSES),
        }
    )
    median = trips.median[row]
    mean = median * np.exp(true.DELIVERY_NOISE**2 / 2)
    truth = pd.DataFrame({"delivery_id": number, "median_minutes": median, "mean_minutes": mean})
    return {"deliveries": deliveries, "truth.deliveries": truth}


def make_returns(world: World, orders: Orders, trips: Deliveries) -> Returns:
    """What is sent back, 1 to 21 days after it came; a seventh of the refunds is half the total."""
    u = orders.luck[14:19]
    goods, effects = world.products, world.product_truth
    price = goods["price"].to_numpy()[orders.product]
    probability = true.return_probability(
        effects["category_effect"].to_numpy()[orders.product],
        effects["phrase_effect"].to_numpy()[orders.product],
        price,
    )
    at = trips.delivered + ((1 + 20 * u[1]) * DAY).astype(np.int64)
    sent = trips.sent & (trips.status == DELIVERED) & (u[0] < probability) & (at < world.end)
    refund = np.where(u[2] < 1 / 7, orders.total / 2, orders.total).round(2)
    return Returns(sent, probability, at, refund, pick(u[3], (0.25, 0.25, 0.2, 0.3)))


def returns_tables(block: int, people: People, orders: Orders, back: Returns) -> dict[str, pd.DataFrame]:
    """`returns` in time order, and the truth of the orders: the probability of a return once delivered."""
    row = np.flatnonzero(back.sent)
    row = row[np.argsort(back.at[row], kind="stable")]
    returns = pd.DataFrame(
        {
            "return_id": ids(block, len(row)),
            "order_id": orders.order_id[row],
            "user_id": people.user_id[orders.user[row]],
            "refund": back.refund[row],
            "reason": labels(back.reason[row], RETURN_REASONS),
            "occurred_at": times(back.at[row]),
        }
    )
    truth = pd.DataFrame({"order_id": orders.order_id, "return_probability": back.probability})
    return {"returns": returns, "truth.orders": truth}
