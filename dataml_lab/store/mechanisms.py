"""What is true in the Store: every probability, rate and duration as a formula, with its constants.

The generator draws from these functions and the lessons use them as the truth to compare against. All take
and return arrays (or numbers), draw nothing and know nothing of tables. `changed` is true for a row on or
after the day of the concept shift.
"""

import numpy as np

# name: (share of users, hours ahead of UTC). Every country keeps standard time all year.
COUNTRIES = {
    "DE": (0.34, 1),
    "FR": (0.20, 1),
    "GB": (0.20, 0),
    "FI": (0.10, 2),
    "GR": (0.08, 2),
    "US": (0.08, -5),
}
DEVICES = {"desktop": 0.45, "mobile": 0.43, "tablet": 0.12}
ACQUISITIONS = {"search": 0.40, "referral": 0.20, "social": 0.20, "newsletter": 0.12, "partner": 0.08}

# The same three mixes for those who sign up after the covariate shift.
COUNTRIES_AFTER = {"DE": 0.15, "FR": 0.10, "GB": 0.15, "FI": 0.05, "GR": 0.15, "US": 0.40}
DEVICES_AFTER = {"desktop": 0.15, "mobile": 0.75, "tablet": 0.10}
ACQUISITIONS_AFTER = {"search": 0.15, "referral": 0.10, "social": 0.55, "newsletter": 0.05, "partner": 0.15}

# name: (share of visits, median price, effect on the log-odds of a return)
CATEGORIES = {
    "books": (0.22, 16.0, -0.8),
    "clothing": (0.24, 38.0, 0.8),
    "electronics": (0.16, 120.0, 0.3),
    "garden": (0.12, 45.0, 0.0),
    "home": (0.16, 55.0, 0.1),
    "toys": (0.10, 24.0, -0.3),
}
# A phrase of a product's description and its effect on the log-odds of a return.
PHRASES = {
    "runs small": 0.9,
    "fragile": 0.7,
    "assembly required": 0.5,
    "tried and tested": -0.5,
    "bestseller": -0.4,
}
PLANS = {"basic": (0.55, 4.99), "plus": (0.30, 9.99), "premium": (0.15, 19.99)}  # share, price a month
METHODS = {"card": 0.58, "paypal": 0.25, "transfer": 0.12, "voucher": 0.05}

# name: (share of deliveries, factor on the minutes, median distance in km)
ZONES = {
    "centre": (0.30, 1.15, 2.0),
    "north": (0.25, 1.00, 4.0),
    "south": (0.25, 0.95, 4.5),
    "suburbs": (0.20, 0.90, 8.0),
    "harbour": (0.00, 1.10, 9.0),
}
ZONES_AFTER = {"centre": 0.20, "north": 0.18, "south": 0.17, "suburbs": 0.20, "harbour": 0.25}
DISTANCE_AFTER = 1.4  # the covariate shift multiplies every distance
WEATHER = {"clear": (0.55, 1.00), "rain": (0.30, 1.15), "storm": (0.07, 1.45), "snow": (0.08, 1.35)}

WEEK = np.array([0.92, 0.90, 0.92, 0.96, 1.06, 1.18, 1.06])  # Monday first; mean 1
YEAR_SWING, YEAR_PEAK = 0.25, 340  # the peak is the 340th day of the year, in early December
HOURS = np.array([2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 11, 13, 12, 10, 10, 11, 13, 16, 19, 21, 19, 12, 6]) / 221

AFTERGLOW_DAYS, QUIET, GONE = 15.0, 0.15, 0.01
DELIVERY_NOISE = 0.18  # standard deviation of the logarithm of the minutes
MINUTES_PER_KM, MINUTES_PER_KM_AFTER = 3.2, 4.6


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)): log-odds to probability.

    >>> float(sigmoid(0))
    0.5
    """
    return 1 / (1 + np.exp(-np.asarray(x, float)))


def season(days: np.ndarray) -> np.ndarray:
    """Traffic of a UTC day (datetime64[D]) relative to an average day: weekday factor × yearly wave.

    WEEK[weekday] × (1 + 0.25 cos(2π (day of year - 340) / 365.25))

    >>> season(np.array(["2025-12-06", "2025-06-09"], "datetime64[D]")).round(2)
    array([1.48, 0.69])
    """
    days = np.asarray(days, "datetime64[D]")
    weekday = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    day_of_year = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64) + 1
    return WEEK[weekday] * (1 + YEAR_SWING * np.cos(2 * np.pi * (day_of_year - YEAR_PEAK) / 365.25))


def engagement(days_since_disengaged: np.ndarray, days_since_churn: np.ndarray) -> np.ndarray:
    """Share of a user's own session rate that is left: 1, then fading, then next to nothing.

    Before the disengagement 1; after it 0.15 + 0.85 exp(-days / 15); after the subscription is closed 0.01.

    >>> engagement(np.array([-1.0, 0.0, 30.0, 30.0]), np.array([-9.0, -9.0, -1.0, 0.0])).round(3)
    array([1.   , 1.   , 0.265, 0.01 ])
    """
    fading = QUIET + (1 - QUIET) * np.exp(-np.maximum(days_since_disengaged, 0) / AFTERGLOW_DAYS)
    return np.where(days_since_churn >= 0, GONE, fading)


def age_missing_probability(age: np.ndarray) -> np.ndarray:
    """Probability that a user of this age (years) leaves the age blank: logit = -2.6 + 0.06 (age - 40)."""
    return sigmoid(-2.6 + 0.06 * (np.asarray(age) - 40))


def disengagement_hazard(session_rate: np.ndarray, price_sensitivity: np.ndarray) -> np.ndarray:
    """Probability a day of disengaging: 0.0012 exp(0.45 (sensitivity - 1)) (rate / 0.16)^-0.25, capped."""
    hazard = 0.0012 * np.exp(0.45 * (price_sensitivity - 1)) * (np.maximum(session_rate, 0.01) / 0.16) ** -0.25
    return np.minimum(hazard, 0.01)


def purchase_probability(
    propensity: np.ndarray,
    favourite: np.ndarray,
    price: np.ndarray,
    price_sensitivity: np.ndarray,
    gap_days: np.ndarray,
    changed: np.ndarray,
) -> np.ndarray:
    """Probability that a session ends in an order.

    logit = -3.05 + propensity + 0.8 [favourite category] - s log(price / 40) + 0.9 exp(-gap / 7), with
    s = 0.5 × price sensitivity (1.1 × after the concept shift) and gap = days since the user's last session.

    >>> float(purchase_probability(0.0, True, 40.0, 1.0, 0.0, False).round(3))
    0.206
    """
    slope = np.where(changed, 1.1, 0.5) * price_sensitivity
    recency = 0.9 * np.exp(-np.asarray(gap_days) / 7)
    return sigmoid(-3.05 + propensity + 0.8 * np.asarray(favourite) - slope * np.log(price / 40) + recency)


def return_probability(category_effect: np.ndarray, phrase_effect: np.ndarray, price: np.ndarray) -> np.ndarray:
    """Probability that a delivered order is sent back.

    logit = -2.7 + effect of the category + effects of the description's phrases + 0.3 log(price / 40)
    """
    return sigmoid(-2.7 + category_effect + phrase_effect + 0.3 * np.log(price / 40))


def is_night(hour: np.ndarray) -> np.ndarray:
    """Whether a local hour (0-23) is one of 0, 1, 2, 3, 4, 5."""
    return np.asarray(hour) < 6


def fraud_probability(
    amount: np.ndarray,
    hour: np.ndarray,
    country_mismatch: np.ndarray,
    account_days: np.ndarray,
    attempts: np.ndarray,
    changed: np.ndarray,
) -> np.ndarray:
    """Probability that a payment is fraudulent; `hour` is the hour on the customer's own clock.

    logit = -5.1 + 0.7 log(amount / 50) + 1.7 [night] + 2.3 [mismatch] + 1.6 exp(-account days / 21)
            + 1.0 (attempts - 1); after the concept shift fraud moves to small amounts by day:
    logit = -6.0 - 0.7 log(amount / 50) + 0.0 [night] + 0.8 [mismatch] + 1.6 exp(-account days / 21)
            + 1.9 (attempts - 1)
    """
    size, night = np.log(amount / 50), is_night(hour)
    new, again = 1.6 * np.exp(-np.maximum(account_days, 0) / 21), np.asarray(attempts) - 1
    before = -5.1 + 0.7 * size + 1.7 * night + 2.3 * np.asarray(country_mismatch) + new + 1.0 * again
    after = -6.0 - 0.7 * size + 0.8 * np.asarray(country_mismatch) + new + 1.9 * again
    return sigmoid(np.where(changed, after, before))


def rush(hour: np.ndarray) -> np.ndarray:
    """Factor on the minutes by the depot's (UTC) hour: 1.35 from 7 to 9 and from 16 to 18, otherwise 1."""
    hour = np.asarray(hour)
    return np.where(((hour >= 7) & (hour <= 9)) | ((hour >= 16) & (hour <= 18)), 1.35, 1.0)


def delivery_minutes(
    distance_km: np.ndarray,
    zone_factor: np.ndarray,
    hour: np.ndarray,
    weather_factor: np.ndarray,
    courier_factor: np.ndarray,
    changed: np.ndarray,
) -> np.ndarray:
    """Median minutes from dispatch to door; the actual time is this × exp(0.18 × standard normal).

    (6 + m × km) × zone × rush(hour) × weather × courier, with m = 3.2 min/km (4.6 after the concept shift).

    >>> float(delivery_minutes(5.0, 1.0, 12, 1.0, 1.0, False))
    22.0
    """
    per_km = np.where(changed, MINUTES_PER_KM_AFTER, MINUTES_PER_KM)
    return (6 + per_km * distance_km) * zone_factor * rush(hour) * weather_factor * courier_factor


def late_ticket_probability(minutes_late: np.ndarray) -> np.ndarray:
    """Probability that a delivery this many minutes late makes the user write: 0.6 (1 - exp(-late / 15))."""
    return 0.6 * (1 - np.exp(-np.maximum(minutes_late, 0) / 15))
