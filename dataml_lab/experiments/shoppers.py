"""A population for experiments: customers of the Store who came in some days, and what each would do in either arm.

Of a real customer only one of the two is ever seen. Here both are known, and with them the true effect.
"""

import numpy as np
import pandas as pd

from dataml_lab.store import Store


def shoppers(store: Store, begins: str, days: int, lift: float = 0.0, seed: int = 0) -> pd.DataFrame:
    """The customers with a session in these days, in the order of their ids: `user_id`, `day` of the first session
    (from 0), `before` (EUR spent in as many days before), `bought` (1 with an order in these days, else 0) and `spent`
    (EUR) in control, and `new_bought` and `new_spent` in treatment, where so many more buy that the rate is higher by
    `lift` of itself, on average. They spend what another buyer spends. ValueError where more than all would buy.
    """
    start, step = pd.Timestamp(begins, tz="UTC"), pd.Timedelta(days=days)
    sessions = store.sessions[store.sessions["started_at"].between(start, start + step, inclusive="left")]
    first = (sessions.groupby("user_id")["started_at"].min() - start) // pd.Timedelta(days=1)
    table = pd.DataFrame({"day": first, "before": spent(store.orders, start - step, start),
                          "spent": spent(store.orders, start, start + step)}).loc[first.index].fillna(0.0)
    table["bought"] = (table["spent"] > 0).astype(int)
    return treated(table.astype({"day": int}).reset_index(), lift, seed)


def spent(orders: pd.DataFrame, begins: pd.Timestamp, ends: pd.Timestamp) -> pd.Series:
    """EUR of the orders from `begins` to before `ends`, by user."""
    return orders[orders["occurred_at"].between(begins, ends, inclusive="left")].groupby("user_id")["total"].sum()


def treated(table: pd.DataFrame, lift: float, seed: int) -> pd.DataFrame:
    """The table with what customers do in treatment. Each who buys nothing in control buys with the same chance."""
    random, rate = np.random.default_rng(seed), table["bought"].mean()
    chance = lift * rate / (1 - rate)
    if not 0 <= chance <= 1:
        raise ValueError(f"With a lift of {lift:g} of the rate {rate:.3f}, {rate * (1 + lift):.3f} would buy: the lift "
                         "must not be negative, and not more than all can buy.")
    more = (table["bought"] == 0) & (random.random(len(table)) < chance)
    paid = random.choice(table.loc[table["bought"] == 1, "spent"].to_numpy(), len(table))
    return table.assign(new_bought=table["bought"].mask(more, 1), new_spent=table["spent"].mask(more, paid))


def seen(table: pd.DataFrame, arms: pd.Series | np.ndarray) -> pd.DataFrame:
    """What is seen of an experiment with these arms, "control" or "treatment": `user_id`, `arm`, `day`, `before`,
    `bought` and `spent`, a row for each user; nobody who is in neither arm."""
    new = np.asarray(arms) == "treatment"
    found = table[["user_id"]].assign(arm=np.asarray(arms), day=table["day"], before=table["before"])
    for name in ("bought", "spent"):
        found[name] = table[f"new_{name}"].where(new, table[name])
    return found[found["arm"].isin(["control", "treatment"])].reset_index(drop=True)
