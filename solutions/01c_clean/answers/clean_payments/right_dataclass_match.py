"""A frozen dataclass built by match statements; asdict at the end."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from math import isfinite
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Payment:
    payment_id: str
    order_id: str
    user_id: str
    amount: float
    method: str
    occurred_at: datetime

    def __post_init__(self):
        for name in ("payment_id", "order_id", "user_id"):
            match getattr(self, name):
                case bool():
                    raise ValueError
                case int() | float() as n if n == n:
                    object.__setattr__(self, name, str(n))
                case str() as s if s.strip():
                    pass
                case _:
                    raise ValueError
        match self.amount:
            case bool():
                raise ValueError
            case int() | float() | str() as a:
                a = float(a)
            case _:
                raise ValueError
        if not isfinite(a) or a < 0 or a >= 1e6:
            raise ValueError
        object.__setattr__(self, "amount", a)
        match self.method:
            case str() as m if (m := m.strip().lower()) in ("card", "paypal", "transfer", "voucher"):
                object.__setattr__(self, "method", m)
            case _:
                raise ValueError
        t = datetime.fromisoformat(self.occurred_at)
        if t.tzinfo is None:
            raise ValueError
        object.__setattr__(self, "occurred_at", t.astimezone(ZoneInfo("UTC")))


def clean(raw):
    try:
        return asdict(Payment(**{f.name: raw[f.name] for f in fields(Payment)}))
    except (ValueError, TypeError, KeyError, OverflowError, AttributeError, IndexError):
        return None
