"""Customers who are assigned to arms, as the app does it: the worlds of the exercise `assign`."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import md5, sha256
from typing import NamedTuple

import numpy as np

HELD, CUSTOMERS, SHARE = 0.1, 4_000, 0.45
SHARES = (0.0, 0.1, 0.25, 0.5, 1.0)  # to which treatment is raised, one after the other
NAMES = ("checkout", "ranking", "delivery", "welcome", "pricing", "search", "coupons", "sizes")
Number = Callable[[str], float]


class Case(NamedTuple):
    """What an answer is asked, in words, and its arguments."""

    what: str
    ids: tuple
    name: str
    share: float

    @property
    def given(self) -> tuple[list, str, float]:
        """The arguments of a call."""
        return list(self.ids), self.name, self.share

    @property
    def right(self) -> list[str | None]:
        """The arm of each id, as the app has it."""
        return [arm(one, self.name, self.share) for one in self.ids]


@dataclass(frozen=True)
class Visitors:
    """Cases of one world. `first` and `second` are two experiments with the same customers; `turned` are those of
    `first` in another order, and `alone` six of them, three of each arm, a call for each. `raised` has a share of
    treatment after the other; `ways` writes some customers as int, float and text, a case for each; `guests` has
    visitors without an account among customers; in `edge` the share is the number of a customer."""

    seed: int
    first: Case
    second: Case
    turned: Case
    alone: tuple[Case, ...]
    raised: tuple[Case, ...]
    ways: tuple[Case, ...]
    guests: Case
    edge: Case

    @property
    def all(self) -> list[Case]:
        """All cases."""
        return [self.first, self.second, self.turned, *self.alone, *self.raised, *self.ways, self.guests, self.edge]


def number(text: str) -> float:
    """The first 8 hexadecimal digits of SHA-256 of a text, over 2^32.

    >>> round(number("checkout/1000010"), 3)
    0.57
    """
    return int(sha256(text.encode()).hexdigest()[:8], 16) / 2**32


def arm(one: object, name: str, share: float) -> str | None:
    """The arm of an id, as the app has it; None for a visitor without an account."""
    if one is None or one != one:
        return None
    customer = int(float(str(one)))
    if number(f"holdout/{customer}") < HELD:
        return "holdout"
    return "treatment" if number(f"{name}/{customer}") < share else "control"


def by(customer: int, text: str, share: float, drawn: Number = number, upper: bool = False, held: str = "holdout/{}"
       ) -> str:
    """The arm of a customer by rules that differ from the app's in one thing."""
    if held and drawn(held.format(customer)) < HELD:
        return "holdout"
    found = drawn(text)
    return "treatment" if (found >= 1 - share if upper else found < share) else "control"


def of_md5(text: str) -> float:
    """The number by MD5."""
    return int(md5(text.encode(), usedforsecurity=False).hexdigest()[:8], 16) / 2**32


def of_last_digits(text: str) -> float:
    """The number of the last 8 digits."""
    return int(sha256(text.encode()).hexdigest()[-8:], 16) / 2**32


def visitors(seed: int) -> Visitors:
    """The world of a seed: customers have numbers of 7 digits that end in 0."""
    random = np.random.default_rng(seed)
    ids = tuple((10 * random.choice(np.arange(100_000, 1_000_000), CUSTOMERS, replace=False)).tolist())
    one, two = random.choice(NAMES, 2, replace=False).tolist()
    some = [user for user in ids if arm(user, one, SHARE) != "holdout"][:40]
    three = [[user for user in some if arm(user, one, SHARE) == which][:3] for which in ("treatment", "control")]
    guests = tuple(user for known in ids[40:60] for user in (float(known), random.choice([None, float("nan")])))

    def case(what: str, asked: tuple, name: str = one, share: float = SHARE) -> Case:
        return Case(f"{what}, {name!r} and the share {share:.4g}", asked, name, share)

    return Visitors(
        seed, case(f"{CUSTOMERS:,} customers", ids), case("the same customers", ids, two),
        case("the same customers in another order", tuple(random.permutation(ids).tolist())),
        tuple(case(f"customer {user} alone", (user,)) for user in (*three[0], *three[1])),
        tuple(case("the same customers", ids, two, share) for share in SHARES),
        tuple(case(f"customers as {kind.__name__}", tuple(map(kind, ids[:40]))) for kind in (int, float, str)),
        case("customers and visitors without an account", guests),
        case(f"40 customers, the number of customer {some[20]} as share", tuple(some), two,
             number(f"{two}/{some[20]}")))
