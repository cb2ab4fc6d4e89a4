"""Columns that leak, each beside its mended twin, and innocent columns that look like leaks.

A column is made of a generator, an honest table with its `label`, and a `dial` from 0 to 1 that says how weakly or
strongly it shows. Of the pairs the first leaks; the second is what an honest table has in its place.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from dataml_lab.leakage.suite.worlds import START

Column = Callable[[np.random.Generator, pd.DataFrame, float], pd.Series]


def some(random: np.random.Generator, rows: pd.Series, share: float) -> np.ndarray:
    """Which of these rows are drawn: each with this probability, none of the others."""
    return rows.to_numpy(bool) & (random.random(len(rows)) < share)


def positive(table: pd.DataFrame) -> pd.Series:
    """Which rows have the outcome: label 1, or a number above its upper quartile."""
    label = table["label"]
    return label == 1 if label.nunique() == 2 else label > label.quantile(0.75)


def where(rows: np.ndarray, values: np.ndarray) -> pd.Series:
    """The values in these rows, and nothing in the others."""
    return pd.Series(values).where(rows)


# ------------------------------------------------------------------------------- written when the outcome was known

def closed_on(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """The date of the end: of those who left, but for up to a tenth whose date was not noted."""
    days = START + pd.to_timedelta(random.integers(1, 60, len(table)), unit="D")
    return where(some(random, positive(table), 0.9 + 0.1 * dial), days)


def contract_until(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A date in the future that was agreed in advance, of half the rows, whatever becomes of them."""
    days = START + pd.to_timedelta(random.integers(1, 360, len(table)), unit="D")
    return where(random.random(len(table)) < 0.4 + 0.2 * dial, days)


def reason(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """Why they left: a category that only those have who left, of whom some gave no reason."""
    words = random.choice(["price", "moved", "service", "other"], len(table))
    return where(some(random, positive(table), 0.5 + 0.5 * dial), words)


def earlier_reason(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """Why they left once before, which makes it somewhat likelier that they leave again."""
    words = random.choice(["price", "moved", "service", "other"], len(table))
    return where(random.random(len(table)) < 0.15 + 0.15 * dial * positive(table), words)


def refund(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """What was paid back at the end: 0 for all who stayed."""
    amounts = random.lognormal(3, 0.6, len(table)).round(2)
    return pd.Series(np.where(some(random, positive(table), 0.6 + 0.4 * dial), amounts, 0.0))


def earlier_refund(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """What was paid back in the quarter before: mostly 0, and more often not for those who leave."""
    amounts = random.lognormal(3, 0.6, len(table)).round(2)
    return pd.Series(np.where(random.random(len(table)) < 0.06 + 0.2 * dial * positive(table), amounts, 0.0))


def state_now(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A state that was overwritten in place: "closed" for those who left, but for up to a sixth not yet seen to."""
    before = random.choice(["active", "trial", "paused"], len(table), p=[0.7, 0.2, 0.1])
    return pd.Series(np.where(some(random, positive(table), 0.84 + 0.16 * dial), "closed", before))


def state_then(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """The state at the moment of the row, in which those who leave are a little more often paused."""
    paused = random.random(len(table)) < 0.1 + 0.25 * dial * positive(table)
    return pd.Series(np.where(paused, "paused", random.choice(["active", "trial"], len(table), p=[0.8, 0.2])))


def calls_about_it(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """Calls until the export: some for anybody, and one to three more, in which those who left said so."""
    more = np.where(positive(table), random.integers(1, 4, len(table)), 0)
    return pd.Series(random.poisson(0.6 - 0.45 * dial, len(table)) + more)


def calls_before(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """Calls until the moment of the row: a few more by those who leave."""
    return pd.Series(random.poisson(0.6 + 0.6 * dial * positive(table)))


def outcome_code(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """The label in other words, of which up to one in a hundred is mistyped."""
    mistyped = random.random(len(table)) < 0.01 * (1 - dial)
    return pd.Series(np.where(positive(table).to_numpy() ^ mistyped, "W", "K"))


def other_code(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A code of two letters that has little to do with the label."""
    return pd.Series(np.where(random.random(len(table)) < 0.4 + 0.2 * dial * positive(table), "W", "K"))


def verdict_score(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A number made of the label and noise (an AUC of .985 to .999), which knows nothing of anything else."""
    label = table["label"]
    far = label * (3.1 + 1.3 * dial)
    moved = far if label.nunique() == 2 else (label - label.mean()) / label.std() * (8 + 8 * dial)
    return (moved + random.normal(size=len(table))).round(4)


def symptom(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A measurement that the outcome's cause moves (an AUC of .80 to .92), known when the row was made."""
    return (positive(table) * (1.2 + 0.8 * dial) + random.normal(size=len(table))).round(2)


# ------------------------------------------------------------------------------------- missing because of the outcome

def survey(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A score that only those who stayed could give, and most of them did."""
    return where(some(random, ~positive(table), 0.6 + 0.4 * dial), random.integers(1, 6, len(table)).astype(float))


def earlier_survey(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A score of the year before: fewer of those who leave gave it."""
    return where(random.random(len(table)) < 0.7 - 0.4 * dial * positive(table),
                 random.integers(1, 6, len(table)).astype(float))


def erased(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A number that was erased when the account was: missing for nearly all who left, there for all who stayed."""
    gone = some(random, positive(table), 0.7 + 0.3 * dial)
    return where(~gone, random.normal(50, 9, len(table)).round(1))


def not_asked(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A number that one in five didn't give."""
    return where(random.random(len(table)) < 0.8, random.normal(50, 9, len(table)).round(1))


def ordered_test(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A test that is ordered at the time of the row for nearly all who have the outcome, and for some who don't."""
    share = np.where(positive(table), 0.75 + 0.2 * dial, 0.1 + 0.15 * (1 - dial))
    return where(random.random(len(table)) < share, random.normal(3, 1, len(table)).round(2))


def since_order(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """Days since the last order, missing for those who never ordered: more of them leave."""
    share = np.where(positive(table), 0.3 + 0.3 * dial, 0.05)
    return where(random.random(len(table)) >= share, random.exponential(40, len(table)).round())


# --------------------------------------------------------------------------------------------- means of the label

def postcode(random: np.random.Generator, table: pd.DataFrame, per_code: int = 15) -> pd.Series:
    """A code of so many rows on average; it has nothing to do with the label."""
    return pd.Series(random.integers(0, max(2, len(table) // per_code), len(table)) + 10_000)


def mean_of_code(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """The mean label of the row's postcode, its own label among them."""
    return table.groupby("postcode")["label"].transform("mean")


def mean_of_others(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """The mean label of the other rows of the postcode: each says by its absence what its own label is."""
    label = table.groupby("postcode")["label"]
    others = label.transform("size") - 1
    return ((label.transform("sum") - table["label"]) / others.where(others > 0)).fillna(table["label"].mean())


def smoothed_mean(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """The mean label of the postcode, drawn towards that of all rows as by 2 to 12 rows more."""
    label, more = table.groupby("postcode")["label"], 2 + 10 * (1 - dial)
    return (label.transform("sum") + more * table["label"].mean()) / (label.transform("size") + more)


def mean_of_other_folds(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """The mean label of the postcode in the other four fifths of the rows: what a row's own label can't reach."""
    fold, total = random.integers(0, 5, len(table)), table["label"].mean()
    found = pd.Series(total, table.index)
    for number in range(5):
        means = table[fold != number].groupby("postcode")["label"].mean()
        found[fold == number] = table.loc[fold == number, "postcode"].map(means).fillna(total)
    return found


def share_of_code(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """How many rows the postcode has: counted over all, and of no label."""
    return table["postcode"].map(table["postcode"].value_counts())


# ----------------------------------------------------------------------- in a panel: what later rows of the user know

def by_user(table: pd.DataFrame, column: str = "spent_7d") -> pd.api.typing.SeriesGroupBy:
    """A column of a panel, user by user, in the order of time."""
    return table.groupby("user_id")[column]


def mean_of_all_weeks(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """What the user spends a week, over all weeks."""
    return by_user(table).transform("mean")


def most_of_all_weeks(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """The most visits of the user in any week."""
    return by_user(table, "visits_7d").transform("max")


def centred_mean(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """The mean of three or five weeks around the row's own."""
    weeks = 5 if dial > 0.5 else 3
    rolled = by_user(table, "visits_7d").rolling(weeks, center=True, min_periods=1).mean()
    return rolled.reset_index(level=0, drop=True).sort_index()


def left_of_total(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """What the user will still spend after this week."""
    return (by_user(table).transform("sum") - by_user(table).cumsum()).round(2)


def mean_until_now(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """What the user spends a week, over the weeks until the row's own."""
    return by_user(table).expanding().mean().reset_index(level=0, drop=True).sort_index()


def most_until_now(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """The most visits of the user in any week so far."""
    return by_user(table, "visits_7d").cummax()


def trailing_mean(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """The mean of three or five weeks up to the row's own."""
    weeks = 5 if dial > 0.5 else 3
    rolled = by_user(table, "visits_7d").rolling(weeks, min_periods=1).mean()
    return rolled.reset_index(level=0, drop=True).sort_index()


def total_so_far(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """What the user has spent until now."""
    return by_user(table).cumsum().round(2)


def last_week(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """The orders of the week before: in the row before it is the column itself."""
    return by_user(table, "orders_7d").shift(1)


# ------------------------------------------------------------------------------------------------- innocents

def record(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A number of its own for each row."""
    return pd.Series(random.permutation(len(table)) + 500_000)


def token(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A text of its own for each row."""
    return pd.Series([f"{value:08x}" for value in random.permutation(len(table)) * 7919])


def staff(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A tariff, among others that of the staff, of whom nobody leaves."""
    tariff = random.choice(["standard", "family", "student"], len(table))
    return pd.Series(np.where(some(random, ~positive(table), 0.04 + 0.06 * dial), "staff", tariff))


def company_number(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """The number of a company, which private customers have not; companies have the outcome less often."""
    share = np.where(positive(table), 0.08, 0.25 + 0.1 * dial)
    return where(random.random(len(table)) < share, random.integers(10_000, 99_999, len(table)))


def constant(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """One value."""
    return pd.Series("EUR", table.index)


def appointment(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A date ahead, of every row, made in advance; a little later for those who leave."""
    days = random.integers(1, 90, len(table)) + (20 * dial * positive(table)).astype(int)
    return START + pd.to_timedelta(days, unit="D")


def birthday(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A date long ago."""
    return pd.Series(START - pd.to_timedelta(random.integers(7_000, 30_000, len(table)), unit="D"))


def points(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """Points that were redeemed: mostly 0, and of those who leave more often 0."""
    share = np.where(positive(table), 0.15, 0.4 + 0.2 * dial)
    return pd.Series(np.where(random.random(len(table)) < share, random.integers(1, 50, len(table)) * 10, 0))


def standardised(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """The first column of numbers, standardised over all rows: this moves nothing that matters."""
    first = table.select_dtypes("number").iloc[:, 0]
    return (first - first.mean()) / first.std()


def noise(random: np.random.Generator, table: pd.DataFrame, dial: float) -> pd.Series:
    """A number that has nothing to do with anything."""
    return pd.Series(random.normal(size=len(table)))


OUTCOME: dict[Column, Column] = {  # of each pair the key leaks
    closed_on: contract_until, reason: earlier_reason, refund: earlier_refund, state_now: state_then,
    calls_about_it: calls_before, outcome_code: other_code, verdict_score: symptom}
MISSING: dict[Column, Column] = {survey: earlier_survey, erased: not_asked}
MEAN: dict[Column, Column] = {
    mean_of_code: mean_of_other_folds, mean_of_others: share_of_code, smoothed_mean: mean_of_other_folds}
FUTURE: dict[Column, Column] = {
    mean_of_all_weeks: mean_until_now, most_of_all_weeks: most_until_now, centred_mean: trailing_mean,
    left_of_total: total_so_far}
INNOCENT: list[Column] = [
    record, token, staff, company_number, constant, appointment, birthday, points, standardised, noise, symptom,
    ordered_test, since_order]
