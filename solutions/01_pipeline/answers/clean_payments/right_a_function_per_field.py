"""A function for each kind of field; a refusal is an exception that clean turns into None."""

import math
from datetime import datetime, UTC


def name(value):
    if value in (None, "") or not isinstance(value, (int, str)):
        raise ValueError
    return str(value)


def amount(value):
    number = float(value)
    if math.isnan(number) or number < 0 or number >= 1_000_000:
        raise ValueError
    return number


def method(value):
    return {m: m for m in ("card", "paypal", "transfer", "voucher")}[value.strip().casefold()]


def moment(value):
    time = datetime.fromisoformat(value)
    if time.utcoffset() is None:
        raise ValueError
    return time.astimezone(UTC)


FIELDS = {
    "payment_id": name,
    "order_id": name,
    "user_id": name,
    "amount": amount,
    "method": method,
    "occurred_at": moment,
}


def clean(raw):
    try:
        return {field: read(raw[field]) for field, read in FIELDS.items()}
    except Exception:
        return None
