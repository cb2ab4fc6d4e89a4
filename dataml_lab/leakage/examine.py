"""A table examined for leaks: columns that know what nobody can know yet, and rows that a split should keep apart."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dataml_lab.leakage import encoding, rows, target, travel
from dataml_lab.leakage.coded import Coded, seconds
from dataml_lab.leakage.power import Counts, Label, Together
from dataml_lab.leakage.report import Finding, Report
from dataml_lab.leakage.rows import Split

PerRow = Hashable | ArrayLike | pd.Series
NOT_LOOKED = {
    "times": "Not looked for without times: what is written later, and splits against the order of time.",
    "groups": "Not looked for without groups: groups on both sides of a split, and means by group.",
    "split": "Not looked for without a split: copies on both sides, overlap, and shift.",
    "available_at": "A weak column that is written too late shows in no table: say in available_at when it is."}


def examine(
    table: pd.DataFrame,
    label: PerRow,
    *,
    times: PerRow | None = None,
    groups: PerRow | None = None,
    split: ArrayLike | tuple[ArrayLike, ArrayLike] | None = None,
    available_at: Mapping[Hashable, PerRow | pd.Timedelta] | None = None,
) -> Report:
    """The columns and rows of a table that let a model know what it can't know when it is used, as a `Report`.

    Parameters
    ----------
    table : a row for each example. Its columns are the inputs; missing values are evidence, so don't fill them first.
    label : what is predicted: classes or a number. A name of a column, or a value for each row, as the next two.
    times : the moment of each row, at which the prediction is made.
    groups : whose each row is.
    split : which rows are tested, as a boolean for each; or the places of the rows fitted and of those tested.
    available_at : for columns, by name, the moment at which each value is written: a column, a moment for each row,
        or the time from the row's moment on (which `times` must say). It must be before the moment; where that holds
        for all rows, the column may be as strong as it likes.

    Rows without a label are left out. A finding is graded "leak" where it is a fact, "suspect" where the evidence
    speaks for it, "check" where a column is strong and may be honest, and "shift". ValueError for a column that isn't
    there, values of another length than the table, and a label of one value.

    >>> stayed = [True, False] * 30
    >>> table = pd.DataFrame({"visits": [3, 2, 1, 4, 4, 1] * 10, "survey": [5.0, None] * 30, "stayed": stayed})
    >>> report = examine(table, "stayed")
    >>> report.suspects
    {'survey': 'missingness'}
    """
    truth = per_row(table, label, "label")
    if truth.notna().sum() == 0:
        raise ValueError("no row has a label")
    known = truth.notna().to_numpy()
    given = {name: None if values is None else per_row(table, values, name)[known]
             for name, values in (("times", times), ("groups", groups))}
    written = written_at(table, available_at or {}, given["times"], known)
    named = [label, times, groups, *(available_at or {}).values()]
    apart = {name for name in named if isinstance(name, Hashable) and name in table.columns}
    inputs = table.loc[known, [name for name in table.columns if name not in apart]].reset_index(drop=True)
    if not inputs.columns.is_unique or not len(inputs.columns):
        twice = inputs.columns[inputs.columns.duplicated()]
        raise ValueError(f"the table has the column {twice[0]!r} twice" if len(twice) else "the table has no inputs")
    return examined(inputs, truth[known].reset_index(drop=True), given["times"], given["groups"],
                    None if split is None else places_of(split, known), written)


def per_row(table: pd.DataFrame, values: PerRow, what: str) -> pd.Series:
    """The column of this name, or the values, numbered from 0; ValueError if there are not as many as rows."""
    if isinstance(values, Hashable):
        if values not in table.columns:
            raise ValueError(f"{what} is {values!r}, and the table has no such column")
        return table[values].reset_index(drop=True)
    found = pd.Series(values).reset_index(drop=True)
    if len(found) != len(table):
        raise ValueError(f"{what} has {len(found)} values, and the table {len(table)} rows")
    return found.rename(found.name or what)


def places_of(split: ArrayLike | tuple[ArrayLike, ArrayLike], known: np.ndarray) -> Split:
    """The places of the rows fitted and tested, among those that have a label."""
    if isinstance(split, tuple):
        fitted, tested = (np.isin(np.arange(len(known)), places) for places in split)
    else:
        tested = np.asarray(split, bool)
        if len(tested) != len(known):
            raise ValueError(f"split has {len(tested)} values, and the table {len(known)} rows")
        fitted = ~tested
    found = Split(np.flatnonzero(fitted[known]), np.flatnonzero(tested[known]))
    if not len(found.fitted) or not len(found.tested):
        raise ValueError("the split leaves no row with a label to " + ("test" if len(found.fitted) else "fit"))
    return found


def written_at(table: pd.DataFrame, available_at: Mapping[Hashable, PerRow | pd.Timedelta], times: pd.Series | None,
               known: np.ndarray) -> dict[Hashable, np.ndarray]:
    """For each column that is declared how many seconds after the row's moment each value is written."""
    if not available_at:
        return {}
    if times is None:
        raise ValueError("available_at needs times: the moment of each row, before which a value must be written")
    missing = [name for name in available_at if name not in table.columns]
    if missing:
        raise ValueError(f"available_at names the column {missing[0]!r}, which the table has not")
    return {name: np.full(known.sum(), moment.total_seconds()) if isinstance(moment, pd.Timedelta)
            else seconds(per_row(table, moment, f"available_at of {name}")[known]) - seconds(times)
            for name, moment in available_at.items()}


def examined(inputs: pd.DataFrame, truth: pd.Series, times: pd.Series | None, groups: pd.Series | None,
             split: Split | None, written: dict[Hashable, np.ndarray]) -> Report:
    """The report on inputs, a label, and what else is known of the rows."""
    moments = None if times is None else moments_of(times)
    members = None if groups is None else pd.factorize(groups)[0] + 1
    label = Label(truth, neighbours(moments, members))
    coded = [Coded(inputs[name]) for name in inputs]
    counts = [Counts(column, label) for column in coded]
    together = Together(coded, counts, label)
    found = certain(coded, label, moments, members, groups, written)
    leaks = {leak.column for leak in found}
    found += target.written_after(coded, counts, label, together, set(written) - leaks, leaks)
    if split is not None:
        remains = rows.rest(together, label, len(coded))
        found += of_split(coded, Coded(truth), remains, split, moments, members)
    given = {"times": times, "groups": groups, "split": split, "available_at": written or None}
    return Report(gravest(found), looked(given), [NOT_LOOKED[name] for name in NOT_LOOKED if given[name] is None])


def certain(coded: Sequence[Coded], label: Label, moments: np.ndarray | None, members: np.ndarray | None,
            groups: pd.Series | None, written: dict[Hashable, np.ndarray]) -> list[Finding]:
    """The columns that leak whatever their strength: as declared, as made of the label, as made of later rows."""
    keys = coded if groups is None else [*coded, Coded(groups)]
    found = declared(written) + encoding.made_of_label(coded, keys, label)
    if moments is not None and members is not None:
        found += travel.moved_by_later_rows(coded, travel.Panel(members, moments))
    return found


def moments_of(times: pd.Series) -> np.ndarray:
    """The moments as numbers; ValueError where one is missing."""
    found = seconds(times) if pd.api.types.is_datetime64_any_dtype(times) else times.to_numpy(float)
    if np.isnan(found).any():
        raise ValueError(f"times is missing in {np.isnan(found).sum()} rows, first in row {np.isnan(found).argmax()}")
    return found


def neighbours(moments: np.ndarray | None, members: np.ndarray | None) -> np.ndarray | None:
    """The order of the rows by group, or by time, or none."""
    if members is not None:
        return np.argsort(members, kind="stable")
    return None if moments is None else np.argsort(moments, kind="stable")


def looked(given: Mapping[str, object]) -> list[str]:
    """What is looked for, by what is given."""
    known = {name for name, value in given.items() if value is not None}
    needed = {"target": set(), "missingness": set(), "encoding": set(), "time travel": {"times", "groups"},
              "availability": {"available_at"}, "duplicates": {"split"}, "groups": {"split", "groups"},
              "time order": {"split", "times"}, "shift": {"split"}}
    return [kind for kind, names in needed.items() if names <= known]


def declared(written: dict[Hashable, np.ndarray]) -> list[Finding]:
    """The columns of which some value is written at the moment of its row or later, as declared."""
    late = {name: (delay >= 0).mean() for name, delay in written.items() if (delay >= 0).any()}
    return [Finding("leak", name, "availability", float(share),
                    f"In {share:.1%} of the rows it is written at their moment or later.",
                    "Use the newest value that was written before the moment of the row.")
            for name, share in late.items()]


def of_split(coded: Sequence[Coded], truth: Coded, remains: rows.Rest, split: Split, moments: np.ndarray | None,
             members: np.ndarray | None) -> list[Finding]:
    """What the rows fitted and tested have to do with each other. Groups that go on in time may be on both sides."""
    found = rows.copied(coded, truth, split) + rows.shift(coded, split)
    in_order = moments is not None and moments[split.fitted].max() <= moments[split.tested].min()
    if members is not None and not in_order:
        found += rows.group_overlap(members, remains, split)
    if moments is not None:
        found += rows.time_order(moments, remains, split)
    return found


def gravest(found: Sequence[Finding]) -> list[Finding]:
    """Of what was found of a column the first that is said, the facts first; of rows each kind."""
    order = sorted(found, key=lambda one: ("leak", "suspect", "check", "shift").index(one.grade))
    kept: dict[tuple, Finding] = {}
    for one in order:
        kept.setdefault((one.column, one.kind if one.column == rows.ALL_ROWS else None), one)
    return list(kept.values())
