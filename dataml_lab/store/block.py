"""One block of users, from its seed to its tables."""

import pandas as pd

from dataml_lab.store.fulfilment import (
    deliveries_tables,
    make_deliveries,
    make_orders,
    make_payments,
    make_returns,
    orders_by_session,
    orders_table,
    payments_tables,
    returns_tables,
)
from dataml_lab.store.people import make_people, subscriptions_table, users_table, users_truth
from dataml_lab.store.support import make_tickets, tickets_table
from dataml_lab.store.visits import activity_table, make_events, make_visits, sessions_table, sessions_truth
from dataml_lab.store.world import World


def make_block(world: World, block: int, users: int) -> dict[str, pd.DataFrame]:
    """The tables of a block of at most USERS_PER_BLOCK users; `truth.…` is what the shop can't see."""
    people = make_people(world, block, users)
    visits = make_visits(world, block, people)
    events = make_events(world, block, visits)
    orders = make_orders(world, block, visits, events)
    paid, trips = make_payments(world, people, orders), make_deliveries(world, orders)
    back = make_returns(world, orders, trips)
    tickets = make_tickets(world, block, people, visits, (orders, paid, trips, back))
    order_id = orders_by_session(visits, orders)
    return {
        "users": users_table(people),
        "sessions": sessions_table(block, people, visits, events, world.end),
        "activity": activity_table(world, block, people, visits, events, order_id),
        "orders": orders_table(people, visits, orders),
        "tickets": tickets_table(world, block, people, tickets),
        "subscriptions": subscriptions_table(world, block, people),
        "truth.users": users_truth(people),
        "truth.sessions": sessions_truth(block, world, visits),
        **payments_tables(block, people, orders, paid),
        **deliveries_tables(block, orders, trips),
        **returns_tables(block, people, orders, back),
    }
