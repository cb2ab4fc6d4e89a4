"""Exercise of 06b: a contaminated script is mended, so that the model stays and the claim holds."""

from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.features.frames import change
from dataml_lab.checks.leakage.tables import AS_ASKED, CHOSEN, Table, Tables, honest_claim, scores, tables
from dataml_lab.checks.scenes import Replies, about
from dataml_lab.runtime.answers import Answer, Call, Failed, function
from dataml_lab.runtime.shown import shown

MAY_MISS = 0.15  # by how much a claim may miss
KNOWN = 0.999  # above it no claim is made on rows that the model wasn't fitted to
SAME = 1e-3
FIRST = "returns a score for each new row, and a claim"
SEE = """\
for table in ({tables}):
    scores, claim = honest_estimate(table.rows, table.new)
    print(table.what, "claimed:", round(claim, 2), "new rows:", round(table.brings(scores), 2),
          "honest folds:", round(table.honest, 2))"""
VARIANTS = {
    "the model that the copies are left in": AS_ASKED,
    "the model without the new 1s": AS_ASKED._replace(add_ones=False),
    "the model that uses all columns": AS_ASKED._replace(choose=False),
    "the model whose 1s are added before medians, scale and choice": AS_ASKED._replace(ones_first=True),
    "the model whose medians and scale are those of rows and new together": AS_ASKED._replace(with_new=True),
    "the model of one row per customer": AS_ASKED._replace(one_each=True),
}
honest_estimate = Exercise("honest_estimate", tables, function("honest_estimate"), fair=Tables.is_fair)


class Estimate(NamedTuple):
    """The scores of the new rows, and the AUC that is claimed for them."""

    scores: np.ndarray
    claim: float


@honest_estimate.scene
def calls(honest_estimate: Answer, world: Tables) -> Replies:
    """What comes of a call for each table."""
    return Replies(partial(called, honest_estimate), world.all, world.seed)


def called(honest_estimate: Answer, table: Table) -> Call:
    """What comes of a call for a table."""
    with about(table.what):
        return honest_estimate.call(table.rows, table.new)


@honest_estimate.scene
def estimates(calls: Replies, world: Tables) -> Replies:
    """The scores and the claim for each table."""
    return Replies(partial(taken, calls), world.all, world.seed)


def taken(calls: Replies, table: Table) -> Estimate:
    """The scores and the claim that were returned for a table; Failed where they are none."""
    found = calls[table].result
    with about(table.what):
        if not isinstance(found, tuple | list) or len(found) != 2:
            raise Failed(f"honest_estimate returned {shown(found)}, where (scores, claim) is needed.")
        claim = found[1]
        if isinstance(claim, bool) or not isinstance(claim, int | float) or not 0 <= claim <= 1:
            raise Failed(f"The claim is {shown(claim)}, where a number from 0 to 1 is needed.")
        return Estimate(numbers(found[0], len(table.new)), float(claim))


def numbers(found: object, rows: int) -> np.ndarray:
    """The scores as an array; Failed where they aren't a finite number for each row."""
    if not isinstance(found, np.ndarray | pd.Series | list | tuple):
        raise Failed(f"The scores are {shown(found)}, where an array, a Series or a list is needed.")
    try:
        scores = np.asarray(found, float)
    except (TypeError, ValueError):
        raise Failed(f"The scores are {shown(found)}, where numbers are needed.") from None
    if scores.shape != (rows,):
        hint = " Of predict_proba take the column of the 1s." if scores.shape == (rows, 2) else ""
        raise Failed(f"The scores have the shape {scores.shape}, where one for each of {rows} new rows is needed."
                     f"{hint}")
    if not np.isfinite(scores).all():
        raise Failed(f"{(~np.isfinite(scores)).sum()} of {rows} scores are not finite.")
    return scores


@honest_estimate.demands(FIRST, points=0, call="""\
for table in world.all:
    print(table.what, honest_estimate(table.rows, table.new), sep="; ")""")
def _(estimates: Replies, world: Tables) -> str | None:
    claims = [estimates[table].claim for table in world.all]
    if len(set(claims)) == 1 and claims[0] < KNOWN:
        return f"It claims {claims[0]:.3f} for each of {len(claims)} tables, whatever is in them."
    return None


def demand(name: str, text: str, reason: str) -> None:
    """Makes it a property that the claim for this table holds. `reason` says how a claim gets too high there."""
    @honest_estimate.demands(text, points=2, after=FIRST, call=SEE.format(tables=f"world.{name},"))
    def _(estimates: Replies, world: Tables) -> str | None:
        table = getattr(world, name)
        return missed(table, estimates[table], reason)


def missed(table: Table, found: Estimate, reason: str) -> str | None:
    """By how much a claim misses, in words; None where it holds."""
    brings = table.brings(found.scores)
    if min(abs(found.claim - brings), abs(found.claim - table.honest)) <= MAY_MISS:
        return None
    too = "high" if found.claim > brings else "low"
    return (f"Given {table.what}, it claims {found.claim:.2f}. Its scores reach an AUC of {brings:.2f} on the new "
            f"rows, and an honest estimate from the table is {table.honest:.2f}: the claim is too {too}. "
            f"{reason if too == 'high' and found.claim < KNOWN else of_another(table, found.claim)}")


def of_another(table: Table, claim: float) -> str:
    """How a claim gets nearly 1, or too low."""
    if claim >= KNOWN:
        return ("So high is it for rows that the model was fitted to: each of them is its own nearest neighbour, at a "
                "distance of 0.")
    right = honest_claim(table.once, lambda truth, score: float((truth == (score >= 0.5)).mean()))
    told = f" About {right:.2f} is the share of rows that the model gets right at 0.5, and that is no AUC."
    return f"An AUC needs the scores, not the predicted labels.{told if abs(claim - right) < MAY_MISS / 2 else ''}"


demand("wide", "its claim holds where there are more columns than rows",
       f"Among so many columns, the {CHOSEN} that differ most between the 1s and the 0s of all rows differ in the rows "
       "of the test by chance, too: choose them without the rows of the test.")
demand("rare", "its claim holds where few customers accept",
       "A new 1 lies between two rows. If one of them is in the test, the training knows nearly where it is: add 1s "
       "to the rows that are fitted, and to no others.")
demand("loyal", "its claim holds where a customer has several rows",
       "The rows of a customer are nearly alike and have the same label. If one of them is fitted and another one "
       "tested, the label is looked up: keep a customer's rows together.")
demand("moved", "its claim holds where rows were written twice",
       "Most rows are there twice, alike in everything but the customer's number. If one of the two is fitted and the "
       "other one tested, the label is looked up: drop copies before rows are dealt out.")


@honest_estimate.demands("scores new rows by the model that is asked for", points=2, after=FIRST, call="""\
import numpy as np
for table in world.all:
    scores, claim = honest_estimate(table.rows, table.new)
    print(table.what, np.round(scores[:5], 3).tolist(), "expected:", np.round(table.scores[:5], 3).tolist())""")
def _(estimates: Replies, world: Tables) -> str | None:
    for table in world.all:
        found = estimates[table].scores
        wrong = np.abs(found - table.scores) > SAME
        if wrong.any():
            place = int(wrong.argmax())
            return (f"Given {table.what}, {wrong.sum()} of {len(found)} new rows get another score, such as the one in "
                    f"place {place}: {found[place]:.3f}, where {table.scores[place]:.3f} is expected. "
                    f"{guessed(table, found)}")
    return None


def guessed(table: Table, found: np.ndarray) -> str:
    """Which other model gives these scores, in words."""
    if set(np.unique(found)) <= {0.0, 1.0}:
        return "These are labels. The scores are the probabilities of a 1."
    for which, steps in VARIANTS.items():
        other = scores(table.rows if steps is AS_ASKED else table.once, table.new, steps)
        if np.abs(other - found).max() <= SAME:
            return f"These are the scores of {which}."
    return ("They come from the medians, the scale, the choice of columns, the new 1s and the neighbours of all rows "
            "but copies, with the settings of the script.")


@honest_estimate.demands("leaves rows and new as they were", points=1, after=FIRST, call="""\
for table in world.all:
    rows, new = table.rows.copy(), table.new.copy()
    honest_estimate(rows, new)
    print(table.what, table.rows.equals(rows), table.new.equals(new))""")
def _(calls: Replies, world: Tables) -> str | None:
    for table in world.all:
        for name, before, left in zip(("rows", "new"), (table.rows, table.new), calls[table].left, strict=True):
            wrong = change(before, left) if isinstance(left, pd.DataFrame) else "it is no DataFrame"
            if wrong:
                return f"Given {table.what}, it changed {name}, which belongs to the caller: afterwards {wrong}."
    return None
