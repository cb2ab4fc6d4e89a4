"""What all blocks of users share: the calendar, the products, the couriers and the weather."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.store import mechanisms as true
from dataml_lab.store.draws import DAY, labels, normal, pick, stream, uniforms

PRODUCTS, COURIERS = 200, 40
WEATHER_SLOT = 6 * 3600  # seconds for which the weather lasts
NEVER = np.iinfo(np.int64).max

ADJECTIVES = (
    "plain",
    "bright",
    "sturdy",
    "light",
    "classic",
    "folding",
    "soft",
    "compact",
    "round",
    "northern",
)
NOUNS = {
    "books": ("novel", "atlas", "cookbook", "biography", "field guide"),
    "clothing": ("jacket", "shirt", "scarf", "trousers", "boots"),
    "electronics": ("speaker", "camera", "headphones", "charger", "radio"),
    "garden": ("rake", "planter", "lantern", "hose", "bench"),
    "home": ("lamp", "kettle", "shelf", "rug", "vase"),
    "toys": ("puzzle", "kite", "train", "doll", "board game"),
}
WEIGHT_KG = {"books": 0.5, "clothing": 0.6, "electronics": 1.2, "garden": 4.0, "home": 2.5, "toys": 0.8}
PHRASE_SENTENCES = {
    "runs small": "Please note that it runs small.",
    "fragile": "Handle with care: it is fragile.",
    "assembly required": "Some assembly required.",
    "tried and tested": "Tried and tested for ten years.",
    "bestseller": "A bestseller among our regular customers.",
}
FILLER = (
    "Made for every day.",
    "Comes in a recycled box.",
    "Designed in a small workshop.",
    "Goes well with the rest of the range.",
    "Available in several colours.",
    "We send it the same day.",
)


class World(NamedTuple):
    """The stage every block plays on; moments are Unix seconds, `NEVER` if a shift is off."""

    seed: int
    start: int
    end: int
    covariate_from: int
    concept_from: int
    products: pd.DataFrame
    product_truth: pd.DataFrame
    couriers: pd.DataFrame
    weather: np.ndarray  # a code into mechanisms.WEATHER for each slot of six hours from `start`

    @property
    def days(self) -> np.ndarray:
        """The simulated UTC days, as datetime64[D]."""
        return np.arange(self.start // DAY, self.end // DAY).astype("datetime64[D]")


def make_world(seed: int, start: int, end: int, covariate_from: int = NEVER, concept_from: int = NEVER) -> World:
    """The world of a seed between two moments (Unix seconds at midnight UTC)."""
    goods, truth = make_products(seed)
    slots = (end - start) // WEATHER_SLOT
    weather = pick(stream(seed, "weather").random(slots), (share for share, _ in true.WEATHER.values()))
    return World(seed, start, end, covariate_from, concept_from, goods, truth, make_couriers(seed), weather)


def make_products(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The products sorted by category, and their truth: popularity and the effects on a return's log-odds."""
    u = uniforms(stream(seed, "products"), PRODUCTS, 12)
    category = np.sort(pick(u[0], [1] * len(true.CATEGORIES)))
    kind = np.array(list(true.CATEGORIES))[category].tolist()
    price = np.array([true.CATEGORIES[name][1] for name in kind]) * np.exp(0.45 * normal(u[1]))
    weight = np.array([WEIGHT_KG[name] for name in kind]) * np.exp(0.4 * normal(u[2]))
    has = u[5:10] < 0.18
    name = [product_name(*luck) for luck in zip(kind, u[3], u[4], strict=True)]
    products = pd.DataFrame(
        {
            "product_id": np.arange(1, PRODUCTS + 1, dtype=np.int64),
            "category": labels(category, true.CATEGORIES),
            "name": name,
            "price": np.floor(price) + 0.99,
            "weight_kg": np.maximum(weight.round(1), 0.1),
            "description": [describe(*luck) for luck in zip(name, has.T, u[10], u[11], strict=True)],
        }
    )
    return products, products_truth(products, kind, has, u[11])


def products_truth(products: pd.DataFrame, kind: list[str], has: np.ndarray, u: np.ndarray) -> pd.DataFrame:
    """Popularity (rank^-0.6, ranked by `u`) and the effects of category and phrases on a return's log-odds."""
    return pd.DataFrame(
        {
            "product_id": products["product_id"],
            "popularity": (1 / (1 + np.argsort(np.argsort(u)))) ** 0.6,
            "category_effect": [true.CATEGORIES[name][2] for name in kind],
            "phrase_effect": np.array(list(true.PHRASES.values())) @ has,
        }
    )


def product_name(category: str, first: float, second: float) -> str:
    """An adjective and a noun of the category, picked by two uniforms.

    >>> product_name("toys", 0.0, 0.3)
    'Plain kite'
    """
    nouns = NOUNS[category]
    return f"{ADJECTIVES[int(first * len(ADJECTIVES))]} {nouns[int(second * len(nouns))]}".capitalize()


def describe(name: str, has: np.ndarray, length: float, turn: float) -> str:
    """A description: the name, the sentences of the phrases it `has`, and 0 to 4 that mean nothing."""
    said = [PHRASE_SENTENCES[phrase] for phrase, on in zip(true.PHRASES, has, strict=True) if on]
    first = int(turn * len(FILLER))
    padding = [FILLER[(first + k) % len(FILLER)] for k in range(int(length * 5))]
    return " ".join([f"{name}.", *padding[:2], *said, *padding[2:]])


def make_couriers(seed: int) -> pd.DataFrame:
    """Couriers and the factor each puts on the minutes of a delivery."""
    factor = np.exp(0.12 * normal(stream(seed, "couriers").random(COURIERS)))
    return pd.DataFrame({"courier_id": np.arange(1, COURIERS + 1, dtype=np.int64), "factor": factor})


def weather_at(world: World, seconds: np.ndarray) -> np.ndarray:
    """Codes into `mechanisms.WEATHER` at these moments of the simulated time."""
    return world.weather[(seconds - world.start) // WEATHER_SLOT]
