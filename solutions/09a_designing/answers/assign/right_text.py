"""Ids as text: a float's ".0" is cut off, and whole numbers are compared rather than fractions."""

from hashlib import sha256

HELD = 0.1 * 2**32


def draw(text):
    return int(sha256(bytes(text, "utf-8")).hexdigest()[:8], base=16)


def one_arm(user_id, name, share):
    text = str(user_id).removesuffix(".0")
    if text in ("None", "nan"):
        return None
    if draw("holdout/" + text) < HELD:
        return "holdout"
    return "treatment" if draw(name + "/" + text) < share * 2**32 else "control"


def assign(user_ids, name, share):
    return tuple(one_arm(user_id, name, share) for user_id in user_ids)
