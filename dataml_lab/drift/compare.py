"""Two samples of a table compared: a finding where a change is both too large for chance and large enough to matter."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from dataml_lab.drift import distances
from dataml_lab.drift.measures import Limits, Measure, measured, usual_square
from dataml_lab.drift.numbers import Numbers
from dataml_lab.drift.profile import Column, Moments, Profile, side_by_side
from dataml_lab.drift.report import Finding, Report, row_of
from dataml_lab.drift.windows import Every, Windows
from dataml_lab.drift.words import Words

TYPES = {"Numbers": "numbers", "Words": "text", "Moments": "times"}
LOOKED = ("columns and types", "missing values", "distributions", "range", "new and lost categories", "text length")
USUAL = Limits()
WHOLE = ("distribution", "categories", "text length")  # kinds that tell how much alike rows are
FACTS = ("new categories", "lost categories", "range")  # worth a look where they are no chance, however small


class Tested(NamedTuple):
    """A measure of a column, with its probability without drift."""

    name: str
    measure: Measure
    chance: float


def compare(reference: pd.DataFrame | Profile | Windows, current: pd.DataFrame | Profile, *, at: object = None,
            limits: Limits = USUAL, rate: float = 0.05) -> Report:
    """What changed from the reference to the current sample, as a `Report` with a finding for each change.

    Parameters
    ----------
    reference : a table, its profile, or its profiles by windows of time or by groups, whose rows may then depend on
        each other. Of two tables the KS distance is exact; of a profile it is off by 0.001 at most.
    current : a table or a profile, with the same columns. With windows it is as long as one.
    at : with windows of a day, the day of a current sample that has no column of times.
    limits : how large a change must be to matter.
    rate : the expected share of false alarms among alarms, over all columns and kinds (Benjamini and Hochberg).

    A change is graded "drift" if chance doesn't explain it at this rate and if it matters; "check" for a category or a
    number never seen before, or a category that is gone, in so few rows that it doesn't. ValueError for a table
    without rows, and for two tables without a common column. Infinite numbers count as missing.

    >>> then = pd.DataFrame({"price": np.arange(1000.0), "paid": ["card", "cash"] * 500})
    >>> now = pd.DataFrame({"price": np.arange(1000.0) + 5, "paid": ["card", "voucher"] * 500})
    >>> [(found.column, found.kind) for found in compare(then, now)]
    [('paid', 'categories'), ('paid', 'new categories'), ('paid', 'lost categories')]
    """
    whole, sample, apart = samples(reference, current, at)
    common = [name for name in whole.columns if name in sample.columns]
    if not common:
        raise ValueError(f"the tables have no column in common: the reference has {listed(whole.columns)}, and the "
                         f"current one {listed(sample.columns)}")
    facts = columns_that_differ(whole, sample) + types_that_differ(whole, sample, common)
    same = [name for name in common if name not in {found.column for found in facts}]
    sizes = side_by_side(lambda name: measured(whole.columns[name], sample.columns[name], limits), same, sample.rows)
    tests = [one for name, found in zip(same, sizes, strict=True) for one in tested(name, found, whole, sample, apart)]
    moved = [next((one.size for one in found if one.kind in WHOLE), None) for found in sizes]
    rows = [row_of(name, whole.columns[name], sample.columns[name], size)
            for name, size in zip(same, moved, strict=True)]
    found, judged = findings(tests, rate)
    table = pd.DataFrame(rows).set_index("column").join(judged) if rows else pd.DataFrame()
    shown = {one.column: tuple(kept(part.columns[one.column]) for part in (whole, sample)) for one in found}
    return Report(facts + found, LOOKED, notes(whole, sample, same, limits, facts + found), table, shown)


def kept(column: Column) -> Column:
    """The column's distribution in little."""
    return column if isinstance(column, Moments) else column.kept()


def samples(reference: pd.DataFrame | Profile | Windows, current: pd.DataFrame | Profile, at: object,
            ) -> tuple[Profile, Profile, Windows | None]:
    """Both as profiles, with all values of what is a table, and the windows."""
    phase, windows = None, None
    if isinstance(reference, Windows):
        windows, phase = reference, reference.phase(at)
        if isinstance(current, pd.DataFrame):
            current, phase = windows.current(current, at)
        current = current if isinstance(current, pd.DataFrame) else current.without([windows.column])
        reference = windows.reference(phase)
    like = reference if isinstance(reference, Profile) else None
    return exact("reference", reference), exact("current", current, like), windows


def exact(name: str, table: pd.DataFrame | Profile, like: Profile | None = None) -> Profile:
    """The profile of a table, with all values of each column, or with counts at those of another profile; ValueError
    that says which table it is not made of."""
    if isinstance(table, Profile):
        return table
    try:
        return Profile.of(table, None, like)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def listed(names: object) -> str:
    """The first names of several."""
    names = list(names)
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def columns_that_differ(reference: Profile, current: Profile) -> list[Finding]:
    """Columns that one of the two has not."""
    gone = [Finding("drift", name, "column lost", 1.0, "The reference has this column, and the current table has not.",
                    "Find out why it isn't delivered.") for name in reference.columns if name not in current.columns]
    come = [Finding("check", name, "column new", 1.0, "The reference has no such column: it isn't compared.",
                    "Profile the reference again if a model uses it.")
            for name in current.columns if name not in reference.columns]
    return gone + come


def types_that_differ(reference: Profile, current: Profile, common: list[str]) -> list[Finding]:
    """Columns of another type than in the reference, with values in both."""
    found = []
    for name in common:
        then, now = reference.columns[name], current.columns[name]
        if type(then) is not type(now) and then.rows > then.missing and now.rows > now.missing:
            types = [TYPES[type(one).__name__] for one in (then, now)]
            found.append(Finding("drift", name, "type", 1.0,
                                 f"It is of {types[0]} in the reference, and of {types[1]} now{example(then, now)}.",
                                 "Read it as before, or find what writes it otherwise."))
    return found


def example(reference: Column, current: Column) -> str:
    """The most frequent value that is no number, where numbers were expected."""
    if not isinstance(reference, Numbers) or not isinstance(current, Words):
        return ""
    odd = [name for name in current.counts if not is_number(name)]
    rows = sum(current.counts[name] for name in odd)
    return f"; rows that hold no number: {rows:,}, such as {odd[0]!r}" if odd else ", all of it can be read as numbers"


def is_number(text: str) -> bool:
    """Whether a text can be read as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def tested(name: str, measures: list[Measure], reference: Profile, current: Profile,
           windows: Windows | None) -> list[Tested]:
    """The measures of a column, each with its probability: the larger of those by rows and by windows."""
    if windows is None:
        return [Tested(name, measure, measure.chance(1.0)) for measure in measures]
    then, rows = reference.columns[name], worth(reference.columns[name], current.columns[name])
    if name not in windows.usual:
        windows.usual[name] = usual_sizes(name, windows)
    usual = windows.usual[name]
    alike = max([1.0, *(float((usual[kind][0]**2 * usual[kind][1]).mean()) / usual_square(then)
                        for kind in WHOLE if kind in usual)])
    return [Tested(name, one, max(one.chance(alike), by_windows(one, usual, rows, windows.every))) for one in measures]


def usual_sizes(name: str, windows: Windows) -> dict[str, np.ndarray]:
    """For each kind of measure its size in each window, compared with the others, and the rows this is worth."""
    found: dict[str, list[tuple[float, float]]] = {}
    for others, window in windows.apart:
        then, now = others.columns[name], window.columns[name]
        for measure in measured(then, now, USUAL):
            found.setdefault(measure.kind, []).append((measure.size, worth(then, now)))
    return {kind: np.array(sizes).T for kind, sizes in found.items()}


def worth(reference: Column, current: Column) -> float:
    """The rows that a comparison of two columns is worth."""
    return distances.harmonic(reference.rows, current.rows)


def by_windows(measure: Measure, usual: dict[str, np.ndarray], rows: float, every: Every) -> float:
    """The probability of a size so large or larger in a window without drift.

    The square of the size, by the mean square of the sizes in k windows, is compared with the F distribution of 1 and
    k − 1 degrees of freedom: exact where a window moves a column by a normal amount, and too large where its rows
    are independent. Groups move a column the less the more of them there are: there, squares are taken times the rows
    that the comparison is worth. The share of rows outside of a range is about exponential: it is compared, by the mean
    share, with the F distribution of 2 and 2 · (k − 1) degrees of freedom.
    """
    sizes, worths = usual.get(measure.kind, np.zeros((2, 0)))
    if not sizes.any():
        return 0.0
    if measure.kind == "range":
        return float(stats.f.sf(measure.size / sizes.mean(), 2, 2 * (len(sizes) - 1)))
    scale = (rows, worths) if every == "group" else (1.0, 1.0)
    ratio = measure.size**2 * scale[0] / (sizes**2 * scale[1]).mean()
    return float(stats.f.sf(ratio, 1, len(sizes) - 1))


def findings(tests: list[Tested], rate: float) -> tuple[list[Finding], pd.DataFrame]:
    """What is too large for chance at this rate, and the least rate for each column at which it would have some."""
    least = distances.discoveries(np.array([one.chance for one in tests]))
    found = []
    for one, rate_of_it in zip(tests, least, strict=True):
        measure = one.measure
        if rate_of_it <= rate and (measure.matters or measure.kind in FACTS):
            found.append(Finding("drift" if measure.matters else "check", one.name, measure.kind, measure.size,
                                 measure.told(), measure.advice))
    judged = pd.DataFrame({"column": [one.name for one in tests], "rate": least})
    return found, judged.groupby("column", sort=False).min()


def notes(reference: Profile, current: Profile, same: list[str], limits: Limits, found: list[Finding]) -> list[str]:
    """What did not change, and what could not be seen: times, and changes that matter but hide in few rows."""
    changed = {one.column for one in found}
    still = [name for name in same if name not in changed and not isinstance(reference.columns[name], Moments)]
    told = [f"Nothing in {len(still)} of {len(reference.columns)} columns: {listed(still)}."] if still else []
    times = [name for name in same if isinstance(reference.columns[name], Moments)]
    told += [f"Times move on and are not compared: {listed(times)}."] if times else []
    return told + too_few(reference, current, [name for name in same if name not in times], limits)


def too_few(reference: Profile, current: Profile, names: list[str], limits: Limits) -> list[str]:
    """A warning for the columns in which a change that matters may pass for chance, because its probability without
    drift is more than 5 %; it says the numbers of the one with the fewest values."""
    fewest: dict[str, tuple[float, list[int]]] = {}
    for name in names:
        known = [one.rows - one.missing for one in (reference.columns[name], current.columns[name])]
        if all(known):
            smallest = float(stats.kstwobign.isf(0.05)) / np.sqrt(distances.harmonic(*known))
            fewest |= {name: (smallest, known)} if smallest > limits.distance else {}
    if not fewest:
        return []
    name = max(fewest, key=lambda name: fewest[name][0])
    smallest, (then, now) = fewest[name]
    return [f"Few rows in {listed(fewest)}: {name} has {then:,} values in the reference and {now:,} now, and a change "
            f"passes for chance unless {min(smallest, 1):.0%} of the rows move, where {limits.distance:.0%} matter."]
