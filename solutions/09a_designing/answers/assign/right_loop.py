"""A loop over the ids, as the rules are written."""

from hashlib import sha256


def number(text):
    return int(sha256(text.encode()).hexdigest()[:8], 16) / 2**32


def assign(user_ids, name, share):
    arms = []
    for user_id in user_ids:
        if user_id is None or user_id != user_id:
            arms.append(None)
            continue
        customer = int(user_id)
        if number(f"holdout/{customer}") < 0.1:
            arms.append("holdout")
        elif number(f"{name}/{customer}") < share:
            arms.append("treatment")
        else:
            arms.append("control")
    return arms
