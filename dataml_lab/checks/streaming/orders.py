"""The orders of `spending`: streams in the order of arrival, and what has to be reported of them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

Order = dict[str, Any]
Sums = dict[tuple[int, datetime], float]  # EUR by customer and the window's start

WINDOW = timedelta(minutes=5)
PATIENCE = timedelta(minutes=2)
SECOND = timedelta(seconds=1)


class Line(NamedTuple):
    """An order of a story: seconds from the story's start to when it occurred, and from then to when it is received;
    the customer's number; its status."""

    at: float
    delay: float = 1
    who: int = 0
    status: str = "completed"


HOUR_LATER = Line(3_700)  # closes all windows before it
STORIES = {
    "customers": (Line(20), Line(40, who=1), Line(60), Line(80, who=2), Line(100, who=1), HOUR_LATER),
    "cancelled": (Line(20), Line(40, status="cancelled"), Line(60), Line(80, who=1, status="cancelled"), HOUR_LATER),
    "minute late": (Line(250), Line(330, who=1), Line(270, delay=90), HOUR_LATER),
    "edges": (Line(130), Line(299.999999), Line(300), Line(599.999999), Line(600), Line(640), HOUR_LATER),
    "two minutes": (Line(200), Line(310), Line(299, delay=60), Line(405), Line(290, delay=118),
                    Line(419.999999, delay=0, who=1), Line(300, delay=120), Line(299.999999, delay=121), HOUR_LATER),
    "next order": (Line(20), Line(200, who=1), Line(500, who=2)),
    "exactly two minutes": (Line(20), Line(200, who=1), Line(420, who=2)),
    "cancelled order": (Line(20), Line(200, who=1), Line(420, who=2, status="cancelled")),
    "next day": (Line(20), Line(200, who=1), Line(86_430)),
    "late again": (Line(20), Line(430), Line(40, delay=400), Line(1_000, who=1), Line(1_010), Line(1_500)),
    "barely late": (Line(20), Line(100, who=1), Line(421, delay=0), Line(301, delay=120), Line(300.999, delay=121),
                    Line(200, who=1, delay=300), Line(600, who=2, delay=200)),
}


@dataclass(frozen=True)
class Orders:
    """A shop: four customers, the moment at which a window and all stories begin, what the orders of a story are worth
    in EUR, and a stream of two hours in the order of arrival, some of it beyond patience."""

    customers: list[int]
    start: datetime
    totals: list[float]
    stream: list[Order]

    def story(self, *lines: Line) -> list[Order]:
        """The orders of these lines, in their order."""
        return [order(number, line, self.customers, self.start, self.totals) for number, line in enumerate(lines)]

    def told(self, name: str) -> list[Order]:
        """The orders of one of STORIES."""
        return self.story(*STORIES[name])

    def late(self, stream: list[Order]) -> set[int]:
        """The ids of the orders of a stream that come too late."""
        return {order["order_id"] for order in too_late(stream)}

    @property
    def expected(self) -> Sums:
        """What a batch job finds in the orders of the stream that came in time."""
        late = self.late(self.stream)
        return batch(order for order in self.stream if order["order_id"] not in late)


def order(number: int, line: Line, customers: list[int], start: datetime, totals: list[float]) -> Order:
    """The order of a line."""
    occurred_at = start + line.at * SECOND
    return {"order_id": 5_000 + number, "user_id": customers[line.who], "status": line.status, "total": totals[number],
            "occurred_at": occurred_at, "received_at": occurred_at + line.delay * SECOND}


def orders(seed: int) -> Orders:
    """A shop on some day of March 2025. Orders of stories are worth whole EUR, and those of the stream have cents, so
    that a mistake with cents shows in the stream alone."""
    random = np.random.default_rng(seed)
    start = datetime(2025, 3, int(random.integers(1, 29)), int(random.integers(1, 20)), tzinfo=UTC)
    customers = random.choice(np.arange(100, 1_000), 4, replace=False).tolist()
    totals = np.round(random.uniform(5, 300, 400), 2)
    start += WINDOW * int(random.integers(1, 12))
    lines = sorted(disorder(random), key=lambda line: (line.at + line.delay, line.at))
    stream = [order(number, line, customers, start, totals.tolist()) for number, line in enumerate(lines)]
    return Orders(customers, start, np.floor(totals).tolist(), stream)


def disorder(random: np.random.Generator) -> list[Line]:
    """Three hundred orders of two hours: most come at once, some within patience, some long after. One occurs at the
    very end of a window; and the first of a customer comes too late."""
    delays = [random.integers(0, 4, 300), random.integers(20, 119, 300), random.integers(200, 900, 300)]
    delay = np.choose(random.choice(3, 300, p=[0.7, 0.22, 0.08]), delays)
    status = random.choice(["completed", "cancelled"], 300, p=[0.85, 0.15])
    at, who = np.cumsum(random.integers(1, 48, 300)), random.integers(0, 4, 300)
    at[100] = round(at[100] / 300) * 300
    who[at < 600] %= 3
    who[0] = 3
    delay[[0, 100]], status[[0, 100]] = (400, 1), "completed"
    return [Line(*map(int, numbers), str(word)) for *numbers, word in zip(at, delay, who, status, strict=True)]


def too_late(stream: Iterable[Order]) -> list[Order]:
    """The orders of a stream that occurred longer than patience before the newest of those that came before them."""
    newest, found = None, []
    for order in stream:
        if newest and order["occurred_at"] < newest - PATIENCE:
            found.append(order)
        newest = max(newest or order["occurred_at"], order["occurred_at"])
    return found


def batch(orders: Iterable[Order]) -> Sums:
    """What a batch job finds: by customer and window, the EUR of the completed orders that occurred in it."""
    found: Sums = defaultdict(float)
    for order in orders:
        if order["status"] == "completed":
            found[order["user_id"], window_of(order["occurred_at"])] += order["total"]
    return dict(found)


def window_of(moment: datetime) -> datetime:
    """The start of the window that a moment is in.

    >>> str(window_of(datetime(2025, 3, 1, 12, 4, 59, 999_999)))
    '2025-03-01 12:00:00'
    """
    return moment.replace(minute=moment.minute - moment.minute % 5, second=0, microsecond=0)
