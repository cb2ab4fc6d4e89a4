"""Puts together what takes the place of what, and joins it to the payment."""


def without_gaps(payment, known):
    instead = {}
    if payment["method"] is None or payment["method"] not in set(known["methods"]):
        instead["method"] = "other"
    if payment["account_days"] is None:
        instead["account_days"] = known["median_days"]
    return None if payment["amount"] is None else payment | instead
