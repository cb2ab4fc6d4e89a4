"""What is measured of a column in two samples: how large each change is, and how likely without drift."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy import stats

from dataml_lab.drift import distances
from dataml_lab.drift.numbers import Numbers
from dataml_lab.drift.profile import Column, Moments
from dataml_lab.drift.words import Words, aligned

SHOWN = 3  # categories that a sentence names


class Limits(NamedTuple):
    """How large a change must be to matter.

    `distance` is the share of rows that have moved: the KS distance of numbers and of text lengths, the total
    variation of categories. `psi` is the population stability index, less what chance adds to it. `missing` is
    Cohen's h of two shares of missing values: 0.2 from 0 to 1 %, from 10 to 17 %, from 50 to 60 %. `new`, `lost` and
    `beyond` are shares of rows: of categories that weren't there before, of those that are there no more, and of
    numbers outside of the reference's range.
    """

    distance: float = 0.1
    psi: float = 0.2
    missing: float = 0.2
    new: float = 0.005
    lost: float = 0.01
    beyond: float = 0.01


class Measure(NamedTuple):
    """A change of one kind: its size, whether that matters, a sentence, what to do, and a function that returns the
    probability of a size so large or larger without drift, if so many rows count as one independent row."""

    kind: str
    size: float
    matters: bool
    told: Callable[[], str]
    advice: str
    chance: Callable[[float], float]


def measured(reference: Column, current: Column, limits: Limits) -> list[Measure]:
    """The changes of a column that has the same type in both samples, or no value in one of them."""
    found = [missing(reference, current, limits)]
    if reference.rows == reference.missing or current.rows == current.missing or isinstance(reference, Moments):
        return found
    if isinstance(reference, Numbers):
        return [*found, of_numbers(reference, current, limits), beyond(reference, current, limits)]
    if reference.is_text:
        return [*found, of_numbers(reference.lengths, current.lengths, limits)._replace(kind="text length")]
    return [*found, of_categories(reference, current, limits), new(reference, current, limits),
            lost(reference, current, limits)]


def missing(reference: Column, current: Column, limits: Limits) -> Measure:
    """The change of the share of rows without a value: Cohen's h, and the test of two proportions."""
    p, q = reference.missing / reference.rows, current.missing / current.rows
    size = distances.cohens_h(p, q)
    counts = np.array([[one.missing, one.rows - one.missing] for one in (reference, current)], float)
    return Measure("missing values", size, size >= limits.missing,
                   lambda: f"{q:.1%} of the rows have no value; in the reference {p:.1%}.",
                   "Ask what writes the column before anything is trained on it.", partial(of_two_shares, counts))


def of_two_shares(counts: np.ndarray, alike: float) -> float:
    """The probability of two shares so far apart: Fisher's exact test where few are expected, else chi-squared."""
    if not counts.sum(axis=0).all():
        return 1.0
    counts = counts / alike
    if distances.expected(counts).min() < distances.FEW:
        return float(stats.fisher_exact(counts.round().astype("int64")).pvalue)
    return distances.chi_squared(counts)[1]


def of_numbers(reference: Numbers, current: Numbers, limits: Limits) -> Measure:
    """The change of a distribution of numbers: the KS distance and its probability."""
    size = distances.ks(reference, current)
    matters = size >= limits.distance or surplus(distances.binned(reference, current)) >= limits.psi
    return Measure("distribution", size, matters, partial(numbers_told, reference, current, size),
                   "Find out whether the world changed or a unit, a source or a default did.",
                   lambda alike: distances.ks_p(size, reference, current, alike))


def surplus(counts: np.ndarray) -> float:
    """The PSI, less its mean without drift."""
    return distances.psi(counts) - distances.psi_of_chance(counts)


def numbers_told(reference: Numbers, current: Numbers, size: float) -> str:
    """Two quantiles and the median of both, beside the distance."""
    if len(current.values) == 1:
        return f"All values are {current.values[0]:.6g} (KS distance {size:.2f})."
    (low, middle, high), then = (one.quantiles(np.array([0.05, 0.5, 0.95])) for one in (current, reference))
    return (f"The median is {middle:.4g}, and 90 % lie from {low:.4g} to {high:.4g}; in the reference {then[1]:.4g}, "
            f"from {then[0]:.4g} to {then[2]:.4g} (KS distance {size:.2f}).")


def beyond(reference: Numbers, current: Numbers, limits: Limits) -> Measure:
    """The share of numbers outside of the reference's range, as far as it is certain. Without drift the rows have a
    beta-binomial distribution: of numbers in a random order, the next lies outside of the range of the n before it with
    probability 2 / (n + 1)."""
    least, most = reference.values[[0, -1]]
    rows = current.rows_outside(least, most)
    share = rows / current.known
    return Measure("range", share, share >= limits.beyond,
                   lambda: f"{rows:,} of {current.known:,} values lie outside of {least:.6g} to {most:.6g}, where all "
                           "of the reference's are.",
                   "A model hasn't seen such values: look at some of them.",
                   lambda alike: float(stats.betabinom.sf(round(rows / alike) - 1, max(round(current.known / alike), 1),
                                                          2, max(reference.known / alike - 1, 1))))


def of_categories(reference: Words, current: Words, limits: Limits) -> Measure:
    """The change of the shares of categories: total variation, and the chi-squared test."""
    names, counts = aligned(reference, current)
    size = distances.total_variation(counts)

    def told() -> str:
        p, q = counts / counts.sum(axis=1, keepdims=True)
        most = abs(p - q).argsort()[::-1][:SHOWN]
        changes = ", ".join(f"{names[place]} {q[place]:.1%} (was {p[place]:.1%})" for place in most)
        return f"{size:.0%} of the rows moved to other categories: {changes}."

    return Measure("categories", size, size >= limits.distance or surplus(counts) >= limits.psi, told,
                   "Find out whether the world changed or a source did.",
                   lambda alike: distances.chi_squared(counts / alike)[1])


def new(reference: Words, current: Words, limits: Limits) -> Measure:
    """The share of rows with a category that the reference has not. By chance it is about the share of the reference's
    categories that it has once. Source: Good, The population frequencies of species (1953)."""
    rows = {name: count for name, count in current.counts.items() if name not in reference.counts}
    total = sum(rows.values()) + current.others
    share = total / current.known

    def chance(alike: float) -> float:
        seldom = (sum(count <= alike for count in reference.counts.values()) + 1) / (reference.known / alike + 1)
        return float(stats.binom.sf(round(total / alike) - 1, max(round(current.known / alike), 1), min(seldom, 1)))

    return Measure("new categories", share, share >= limits.new, partial(told_of, rows, total, current.known, "new"),
                   "An encoding made for the reference doesn't know them.", chance)


def lost(reference: Words, current: Words, limits: Limits) -> Measure:
    """The share of the reference's rows with the most frequent of the categories that are there no more."""
    rows = {name: count for name, count in reference.counts.items() if name not in current.counts}
    rows = {} if current.others else rows
    most = max(rows.values(), default=0)

    def chance(alike: float) -> float:  # that the category is drawn in no row, for each category that may be lost
        then, now, of_it = (round(count / alike) for count in (reference.known, current.known, most))
        return min(1.0, len(reference.counts) * float(stats.hypergeom.pmf(0, then + now, of_it, now)))

    return Measure("lost categories", most / reference.known, most / reference.known >= limits.lost,
                   partial(told_of, rows, sum(rows.values()), reference.known, "lost"),
                   "Find out whether they are gone, renamed, or not delivered.", chance)


def usual_square(column: Column) -> float:
    """What the squared size of a change is without drift, on average, times the rows that a comparison of independent
    rows is worth: π² / 12 for the KS distance, and about (Σ √(p · (1 − p) / 2π))² for total variation."""
    if isinstance(column, Words) and not column.is_text:
        shares = np.array(list(column.counts.values())) / column.known
        return float(np.sqrt(shares * (1 - shares) / (2 * np.pi)).sum() ** 2)
    return np.pi**2 / 12


def told_of(rows: dict[str, int], total: int, known: int, how: str) -> str:
    """The most frequent of categories, with their share of the rows."""
    names = sorted(rows, key=lambda name: (-rows[name], name))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    where = "the rows" if how == "new" else "the reference's rows, and no row now"
    return f"{', '.join(map(repr, names[:SHOWN]))}{more}: {total / known:.2%} of {where}."
