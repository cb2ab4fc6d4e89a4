"""Changes a copy step by step."""


def without_gaps(payment, known):
    if payment["amount"] is None:
        return None
    filled = {**payment}
    if filled["account_days"] is None:
        filled["account_days"] = known["median_days"]
    if filled["method"] not in known["methods"]:
        filled["method"] = "other"
    return filled
