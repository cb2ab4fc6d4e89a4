"""What a record of each table looks like: its key, its fields, their kinds, limits and known values."""

from typing import Any, NamedTuple, Protocol

from dataml_lab.store import mechanisms as true
from dataml_lab.store.fulfilment import DELIVERY_STATUSES, RETURN_REASONS, STATUSES
from dataml_lab.store.people import REASONS
from dataml_lab.store.support import TOPICS
from dataml_lab.store.visits import CHANNELS, KINDS


class Shop(Protocol):
    """What serves a Store's tables needs of it: its settings, and by name each table, and what makes them."""

    settings: Any

    def __getattr__(self, name: str) -> Any: ...


class Field(NamedTuple):
    """One field of a record.

    `kind` is "id" or "whole" (int), "money" or "number" (float), "category" or "text" (str), "time" (ISO 8601
    text with a UTC offset) or "flag" (bool). Numbers lie in low..high; categories are one of `known`. An
    optional field (`required` false) may be null; no field may be left out.
    """

    name: str
    kind: str
    required: bool = True
    low: float | None = None
    high: float | None = None
    known: tuple[str, ...] = ()


class Schema(NamedTuple):
    """The fields of a table's raw records, in order; the first is its key."""

    table: str
    fields: tuple[Field, ...]

    @property
    def key(self) -> str:
        """The name of the field that identifies a record."""
        return self.fields[0].name

    def names(self, *kinds: str) -> list[str]:
        """The names of the fields of these kinds, or of all."""
        return [field.name for field in self.fields if not kinds or field.kind in kinds]

    def field(self, name: str) -> Field:
        """The field of this name; KeyError if there is none."""
        return {field.name: field for field in self.fields}[name]


def identifier(name: str, required: bool = True) -> Field:
    """A whole number from 1 that stands for something."""
    return Field(name, "id", required, 1)


def money(name: str) -> Field:
    """An amount in euros, from 0.01 to 100,000, to the cent."""
    return Field(name, "money", True, 0.01, 100_000)


def category(name: str, known: dict | tuple, required: bool = True) -> Field:
    """One of the known values."""
    return Field(name, "category", required, known=tuple(known))


def time(name: str, required: bool = True) -> Field:
    """A moment as ISO 8601 text."""
    return Field(name, "time", required)


RECEIVED = time("received_at")
SCHEMAS = {
    table: Schema(table, (*fields, RECEIVED))
    for table, fields in {
        "users": (
            identifier("user_id"),
            time("signed_up_at"),
            category("country", true.COUNTRIES),
            Field("age", "whole", False, 16, 120),
            category("device", true.DEVICES),
            category("acquisition", true.ACQUISITIONS),
        ),
        "products": (
            identifier("product_id"),
            category("category", true.CATEGORIES),
            Field("name", "text"),
            money("price"),
            Field("weight_kg", "number", True, 0.05, 1_000),
            Field("description", "text"),
        ),
        "sessions": (
            identifier("session_id"),
            identifier("user_id"),
            time("started_at"),
            time("ended_at"),
            category("device", true.DEVICES),
        ),
        "activity": (
            identifier("event_id"),
            identifier("session_id"),
            identifier("user_id"),
            category("kind", KINDS),
            identifier("product_id", False),
            identifier("order_id", False),
            time("occurred_at"),
        ),
        "orders": (
            identifier("order_id"),
            identifier("user_id"),
            identifier("product_id"),
            Field("quantity", "whole", True, 1, 100),
            money("total"),
            category("status", STATUSES),
            category("channel", CHANNELS),
            time("occurred_at"),
        ),
        "returns": (
            identifier("return_id"),
            identifier("order_id"),
            identifier("user_id"),
            money("refund"),
            category("reason", RETURN_REASONS),
            time("occurred_at"),
        ),
        "payments": (
            identifier("payment_id"),
            identifier("order_id"),
            identifier("user_id"),
            money("amount"),
            category("method", true.METHODS),
            Field("attempts", "whole", True, 1, 20),
            Field("country_mismatch", "flag"),
            time("occurred_at"),
        ),
        "tickets": (
            identifier("ticket_id"),
            identifier("user_id"),
            identifier("order_id", False),
            category("topic", TOPICS),
            Field("message", "text"),
            time("occurred_at"),
            time("resolved_at", False),
        ),
        "subscriptions": (
            identifier("subscription_id"),
            identifier("user_id"),
            category("plan", true.PLANS),
            money("price"),
            time("started_at"),
            time("closed_at", False),
            category("cancellation_reason", REASONS, False),
        ),
        "deliveries": (
            identifier("delivery_id"),
            identifier("order_id"),
            identifier("courier_id"),
            category("zone", true.ZONES),
            Field("distance_km", "number", True, 0.1, 100),
            category("weather", true.WEATHER),
            time("dispatched_at"),
            time("promised_at"),
            time("delivered_at", False),
            category("status", DELIVERY_STATUSES),
        ),
    }.items()
}
TABLES = tuple(SCHEMAS)


def schema(table: str) -> Schema:
    """The schema of a table's raw records; ValueError for a table the Store doesn't have.

    >>> schema("orders").key, schema("orders").names("money"), schema("orders").field("channel").known
    ('order_id', ['total'], ('web', 'app', 'phone'))
    """
    if table not in SCHEMAS:
        raise ValueError(f"the Store has no table {table!r}: it has {', '.join(TABLES)}")
    return SCHEMAS[table]
