"""Texts for networks: messages of which the order decides, and what visits of the Store looked at."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.store import Store
from dataml_lab.store.world import ADJECTIVES, NOUNS, make_products

KINDS = ("clothing", "toys")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
LOOKED_AT = 4  # products of a visit that its text names, at most


class Texts(NamedTuple):
    """Texts, and the class of each as a number from 0."""

    texts: list[str]
    labels: np.ndarray


def messages(rows: int, seed: int = 0) -> Texts:
    """Messages about a piece of clothing and a toy, one to be kept and one returned: which, 0 or 1, is the label.

    The same words are in messages of both labels, equally often, and half of the messages begin with what is returned.

    >>> messages(1).texts
    ['Please keep the plain new jacket from tuesday and return the soft old kite from tuesday.']
    """
    random = np.random.default_rng(seed)
    labels = random.integers(2, size=rows)
    return Texts([message(random, KINDS[label], KINDS[1 - label]) for label in labels], labels)


def message(random: np.random.Generator, returned: str, kept: str) -> str:
    """A message that returns a product of one category and keeps one of another, in either order."""
    parts = [f"return {thing(random, returned)}", f"keep {thing(random, kept)}"]
    first = random.integers(2)
    return f"Please {parts[first]} and {parts[1 - first]}."


def thing(random: np.random.Generator, category: str) -> str:
    """A product of a category, with two adjectives and a day."""
    words = [ADJECTIVES, ("new", "old"), NOUNS[category], DAYS]
    first, second, noun, day = (among[random.integers(len(among))] for among in words)
    return f"the {first} {second} {noun} from {day}"


def visits(store: Store) -> list[str]:
    """A text for each visit that looked at two products or more: their names, in their order, each once.

    >>> visits(Store(users=20, days=20))[:2]
    ['Round board game. Classic doll.', 'Soft biography. Northern novel.']
    """
    names = store.products.set_index("product_id")["name"]
    seen = store.activity.dropna(subset=["product_id"]).drop_duplicates(["session_id", "product_id"])
    seen = seen.assign(name=seen["product_id"].map(names)).sort_values(["session_id", "occurred_at"], kind="stable")
    named = seen.groupby("session_id")["name"].agg(list)
    return [". ".join(those[:LOOKED_AT]) + "." for those in named if len(those) > 1]


def names(seeds: Iterable[int]) -> Texts:
    """The names of the products of Stores with these seeds, and the number of each category, in no order."""
    goods = pd.concat([make_products(seed)[0] for seed in seeds]).sample(frac=1, random_state=0)
    return Texts([f"{name}." for name in goods["name"]], goods["category"].map(list(NOUNS).index).to_numpy(int))
