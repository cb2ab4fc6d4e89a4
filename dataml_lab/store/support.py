"""Support tickets: what users write when something is late, broken, unclear, or over."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.store import mechanisms as true
from dataml_lab.store.draws import DAY, exponential, ids, labels, pick, stream, times, uniforms, whole
from dataml_lab.store.fulfilment import DAMAGED, DELIVERED, Deliveries, Orders, Payments, Returns
from dataml_lab.store.people import People
from dataml_lab.store.visits import Visits
from dataml_lab.store.world import World

MESSAGES = {
    "late delivery": (
        "Where is my parcel? It was promised for today.",
        "My order came much later than you said.",
        "Still waiting, nobody rang the bell.",
    ),
    "damaged": (
        "The box was open and the contents are broken.",
        "It arrived with a crack, I want my money back.",
        "Damaged on arrival, photos attached.",
    ),
    "billing": (
        "My card was charged twice, I think.",
        "The payment failed several times before it went through.",
        "Please send me an invoice with the right address.",
    ),
    "cancel": (
        "Please cancel my subscription.",
        "I no longer need the plan, please cancel it.",
        "How do I cancel? I can't find the button.",
    ),
    "question": (
        "Is this available in another colour?",
        "Do you deliver to my area?",
        "How long can I return it?",
    ),
}
TOPICS = tuple(MESSAGES)


class Tickets(NamedTuple):
    """Tickets of one cause: users as positions in the block, orders by id (0 for none), Unix seconds."""

    topic: np.ndarray
    user: np.ndarray
    order_id: np.ndarray
    at: np.ndarray
    luck: np.ndarray  # (2, n): for the message and the time to resolve

    def only(self, rows: np.ndarray) -> "Tickets":
        """The tickets at these rows (positions or a mask)."""
        return Tickets(*(values[..., rows] for values in self))


def make_tickets(world: World, block: int, people: People, visits: Visits, follow: tuple) -> Tickets:
    """All tickets of a block in time order; `follow` is (orders, payments, deliveries, returns)."""
    causes = [
        *about_orders(world, block, *follow),
        about_visits(world, block, visits),
        goodbyes(world, block, people),
    ]
    every = Tickets(*(np.concatenate(parts, axis=-1) for parts in zip(*causes, strict=True)))
    every = every.only((every.at >= world.start) & (every.at < world.end))
    return every.only(np.lexsort((every.user, every.at)))


def about_orders(
    world: World, block: int, orders: Orders, paid: Payments, trips: Deliveries, back: Returns
) -> list[Tickets]:
    """Late: by how late (see mechanisms). Damaged: 70 % of such returns. Billing: 15 % of retries."""
    u = uniforms(stream(world.seed, "tickets", block), len(orders.at), 7)
    late = (trips.delivered - trips.promised) / 60
    writes = trips.sent & (trips.status == DELIVERED) & (u[0] < true.late_ticket_probability(late))
    broken = back.sent & (back.reason == DAMAGED) & (u[1] < 0.7)
    charged = (paid.attempts > 1) & (u[2] < 0.15)
    moments = (
        trips.delivered + exponential(u[3], 3600).astype(np.int64),
        back.at - 3600,
        paid.at + exponential(u[4], DAY).astype(np.int64),
    )
    every = Tickets(np.zeros_like(orders.at), orders.user, orders.order_id, orders.at, u[5:7])
    return [
        every._replace(topic=np.full_like(orders.at, topic), at=at).only(rows)
        for topic, (rows, at) in enumerate(zip((writes, broken, charged), moments, strict=True))
    ]


def about_visits(world: World, block: int, visits: Visits) -> Tickets:
    """A question in 0.6 % of the sessions, an hour later on average."""
    u = uniforms(stream(world.seed, "questions", block), len(visits.user), 4)
    at = visits.started + exponential(u[1], 3600).astype(np.int64)
    topic = np.full_like(at, TOPICS.index("question"))
    return Tickets(topic, visits.user, np.zeros_like(at), at, u[2:4]).only(u[0] < 0.006)


def goodbyes(world: World, block: int, people: People) -> Tickets:
    """Half of those who churn ask for it first, 1 to 6 days before the subscription is closed."""
    u = uniforms(stream(world.seed, "cancels", block), len(people.user_id), 4)
    at = people.churned - ((1 + 5 * u[1]) * DAY).astype(np.int64)
    topic = np.full_like(at, TOPICS.index("cancel"))
    writes = people.subscribes & (u[0] < 0.5) & (at > people.subscribed)
    return Tickets(topic, np.arange(len(at)), np.zeros_like(at), at, u[2:4]).only(writes)


def tickets_table(world: World, block: int, people: People, tickets: Tickets) -> pd.DataFrame:
    """`tickets`; unresolved ones have no `resolved_at`."""
    resolved = tickets.at + 600 + exponential(tickets.luck[1], 20 * 3600).astype(np.int64)
    texts = np.array(list(MESSAGES.values()), dtype=object)
    message = texts[tickets.topic, pick(tickets.luck[0], [1] * texts.shape[1])]
    return pd.DataFrame(
        {
            "ticket_id": ids(block, len(tickets.at)),
            "user_id": people.user_id[tickets.user],
            "order_id": whole(tickets.order_id, tickets.order_id > 0),
            "topic": labels(tickets.topic, TOPICS),
            "message": pd.Series(message, dtype="str"),
            "occurred_at": times(tickets.at),
            "resolved_at": times(resolved, resolved < world.end),
        }
    )
