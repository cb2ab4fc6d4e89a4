"""Exercise of 06a: a model of who leaves, from a table exported late, judged by what it claims and what it delivers."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise, NotYet
from dataml_lab.checks.features.frames import change, numbers
from dataml_lab.checks.leakage.quarters import WRITTEN, Asked, Quarter, Quarters, quarters
from dataml_lab.checks.scenes import Replies, about
from dataml_lab.runtime.answers import Call, Failed, Made, Maker, class_
from dataml_lab.runtime.shown import shown

NEAR = 0.06  # of AUC, between claim and next quarter
LUCK = 0.6  # the highest claim for shuffled labels: 0.5 and 4 standard errors of an AUC on 1,875 customers
NEEDED, NOTHING = 0.66, 0.55  # AUC in the next quarter that is needed, and up to which a claim says nothing
SAME = 1e-9  # relative: scores of one customer that differ by more are different
FIRST = "returns a claim from 0 to 1, and a score for each customer"
ALONE = "gives a customer the same score, whatever the other rows are"
CLAIM = f"claims what the next quarter shows, to within {NEAR}"
USEFUL = f"tells who leaves in the next quarter: an AUC of at least {NEEDED}"
TRAIN = """\
model = ChurnModel()
claim = model.train(*world.late.training)
scores = model.score(*world.next.asked)
"""
churn_model = Exercise("churn_model", quarters, class_("ChurnModel"), essay=4)


class Model(NamedTuple):
    """A model that is trained on the late export: what came of the call, and its claim."""

    made: Made
    training: Call
    claim: float

    def scores(self, asked: Asked) -> np.ndarray:
        """The scores of these customers."""
        return scores(self.made("score", *asked), asked)


@churn_model.scene
def model(churn_model: Maker, world: Quarters) -> Model:
    """The model of the answer."""
    made = churn_model()
    call = made.call("train", *world.late.training)
    return Model(made, call, claim(call.result))


def claim(value: object) -> float:
    """A claim as a number; Failed where it is none from 0 to 1."""
    if type(value) not in (int, float) or not 0 <= value <= 1:
        raise Failed(f"ChurnModel.train returned {shown(value)}, where an AUC from 0 to 1 is needed.")
    return float(value)


def scores(value: object, asked: Asked) -> np.ndarray:
    """Scores in the order of the table; Failed where they are no number for each row."""
    found = column(value)
    if found is None:
        raise Failed(f"ChurnModel.score returned {shown(value)}, where a list, an array or a Series of numbers is "
                     "needed.")
    if len(found) != len(asked.table):
        raise Failed(f"ChurnModel.score returned {len(found):,} scores for {len(asked.table):,} customers.")
    if not np.isfinite(found).all():
        row = asked.table.iloc[int(np.argmin(np.isfinite(found)))]
        count = int((asked.events["user_id"] == row["user_id"]).sum())
        raise Failed(f"ChurnModel.score returned no finite number for {(~np.isfinite(found)).sum():,} customers, such "
                     f"as user {row['user_id']}, who has {count} events in the log.")
    return found


def column(value: object) -> np.ndarray | None:
    """A list, an array of one dimension or a Series as floats; None where it is none of them, or has no numbers."""
    if (isinstance(value, np.ndarray) and value.ndim != 1) or not isinstance(value, list | np.ndarray | pd.Series):
        return None
    return numbers(value if isinstance(value, pd.Series) else pd.Series(value, dtype=None if len(value) else float))


def half(quarter: Quarter) -> Asked:
    """Every second customer of a quarter, from the last to the first, with the same log."""
    return quarter.asked._replace(table=quarter.table.iloc[::-2].reset_index(drop=True))


class Deployed(NamedTuple):
    """The scores of all customers of the next quarter, and those of every second one, asked about alone."""

    all: np.ndarray
    half: np.ndarray
    left: tuple  # the arguments as the first call left them


@churn_model.scene
def deployed(model: Model, world: Quarters) -> Deployed:
    """The model in the next quarter."""
    with about("the next quarter"):
        call = model.made.call("score", *world.next.asked)
        return Deployed(scores(call.result, world.next.asked), model.scores(half(world.next)), call.left)


@churn_model.scene
def production(deployed: Deployed, world: Quarters) -> float:
    """The AUC in the next quarter."""
    return world.next.auc(deployed.all)


@churn_model.scene
def of_nothing(churn_model: Maker, model: Model, production: float, world: Quarters) -> float | None:
    """What is claimed after a training with shuffled labels; None where the claim of the real ones isn't kept."""
    if abs(model.claim - production) > NEAR:
        return None
    with about("the training with churned in a random order"):
        return claim(churn_model().call("train", *world.shuffled).result)


class Probed(NamedTuple):
    """What a model whose claim isn't kept was asked besides, to find out why."""

    columns: list[str]  # of the table, by which the scores move
    future: bool  # whether the scores move with events from as_of on
    fitted: float  # AUC of the customers of the training, as of its day, and as of the export
    export: float


@churn_model.scene
def probed(model: Model, deployed: Deployed, production: float, world: Quarters) -> Probed | None:
    """The model asked about other tables, logs and moments; None where its claim is kept."""
    if abs(model.claim - production) <= NEAR:
        return None
    quarter, then = world.next, world.late.asked
    past = then._replace(events=then.events[then.events["occurred_at"] < then.as_of])
    asked = {**{name: moved(quarter, name) for name in WRITTEN}, "then": then, "past": past,
             "export": then._replace(as_of=world.late.exported_at)}
    replies = Replies(lambda name: attempt(model, asked[name]), list(asked), world.seed)
    found = {name: replies[name] for name in replies.questions}
    return Probed([name for name in WRITTEN if differ(found[name], deployed.all)], differ(found["then"], found["past"]),
                  *(world.late.auc(found[name]) if found[name] is not None else np.nan for name in ("then", "export")))


def attempt(model: Model, asked: Asked) -> np.ndarray | None:
    """The scores of these customers; None where there are none."""
    try:
        return model.scores(asked)
    except Failed:
        return None


def moved(quarter: Quarter, name: str) -> Asked:
    """A quarter where a column has other values; a reason, where nobody has one."""
    values = quarter.table[name].to_numpy()[::-1]
    values = np.where(np.arange(len(values)) % 2, "price", None) if name == "cancellation_reason" else values + 30.0
    return quarter.asked._replace(table=quarter.table.assign(**{name: values}))


def differ(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    """Whether scores of the same customers differ; so they do where there are none for one of the two questions."""
    if one is None or other is None:
        return one is not other
    return not np.allclose(one, other, rtol=SAME, atol=SAME)


def why(model: Model, deployed: Deployed, found: Probed, world: Quarters) -> str:
    """What explains a claim that isn't kept, in words; empty where nothing is known that would."""
    stays = 1 - world.late.leaves.mean()
    if np.ptp(deployed.all) == 0:
        return (f" In the next quarter, from {world.next.as_of:%d %B %Y} on, all customers get the score "
                f"{deployed.all[0]:.3g}.")
    if len(np.unique(deployed.all)) == 2:
        return " Its scores have two different values. An AUC orders customers: it needs scores between yes and no."
    if abs(1 - world.next.auc(deployed.all) - model.claim) <= NEAR and model.claim > 1 - NOTHING:
        return " The scores are the wrong way round: they must be higher for those who leave."
    if found.columns:
        last = found.columns[-1]
        return (f" The scores move with {listed(found.columns)}. In the table of the "
                f"training, {last} {late(last)}.")
    if found.future:
        return (" The scores of the customers of the training move when the events from as_of on are deleted: in the "
                "next quarter there are none.")
    if abs(model.claim - stays) < 0.02 and stays - found.fitted > NEAR:
        return f" {stays:.3f} of the customers stay: a model that says so of everybody has this accuracy."
    if abs(model.claim - found.fitted) < 0.005:
        return f" {found.fitted:.3f} is the AUC on the rows that the model was fitted to."
    if abs(model.claim - found.export) < 0.02:
        return (f" {found.export:.3f} is what it reaches when the customers of the training are asked about as of the "
                "export: by then those who left don't log in any more.")
    return " A leak makes a claim too high. Look at how this one was computed." if model.claim < NOTHING else ""


def listed(names: list[str]) -> str:
    """Names in a sentence."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def late(column: str) -> str:
    """What is wrong with a column of a table that was exported late, in words that follow its name."""
    return {"account_age": "ends with the cancellation, for those who left",
            "last_login_days_ago": "is counted from the export, 60 days later, when those who left don't log in",
            "support_tickets_count": "holds the tickets in which people cancelled",
            "cancellation_reason": "is missing for those who stayed. In the next quarter it is missing for all"}[column]


@churn_model.demands(FIRST, points=0, call=TRAIN + """\
import numpy as np
print("claimed", claim, "and", np.size(scores), "scores for", len(world.next.table), "customers:", scores)""")
def _(model: Model, deployed: Deployed) -> str | None:
    return None


@churn_model.demands(ALONE, points=1, after=FIRST, call=TRAIN + """\
import numpy as np
half = world.next.table.iloc[::-2].reset_index(drop=True)
alone = model.score(half, world.next.events, world.next.as_of)
half.assign(score=np.asarray(scores)[::-2], alone=np.asarray(alone))[["user_id", "score", "alone"]].head()""")
def _(deployed: Deployed, world: Quarters) -> str | None:
    together = deployed.all[::-2]
    apart = ~np.isclose(together, deployed.half, rtol=SAME, atol=SAME)
    if not apart.any():
        return None
    place = int(np.argmax(apart))
    return (f"User {world.next.table['user_id'].iloc[::-2].iloc[place]} got the score {together[place]:.6g} among "
            f"{len(deployed.all):,} customers, and {deployed.half[place]:.6g} among every second of them, in the "
            f"opposite order. {apart.sum():,} of {len(apart):,} customers have another score.")


@churn_model.demands(CLAIM, points=3, after=FIRST, call=TRAIN + """\
print("claimed", claim, "and in the next quarter", world.next.auc(scores))
print("claimed after a training with shuffled labels", ChurnModel().train(*world.shuffled))""")
def _(model: Model, deployed: Deployed, production: float, probed: Probed | None, of_nothing: float | None,
      world: Quarters) -> str | None:
    if probed:
        told = why(model, deployed, probed, world)
        return f"It claimed an AUC of {model.claim:.3f}, and in the next quarter it was {production:.3f}.{told}"
    if production < NOTHING:
        return NotYet(f"It claimed {model.claim:.3f}, which is right: guessing gives as much. A claim is judged "
                      f"where the model reaches more than {NOTHING}.")
    return None if of_nothing <= LUCK else (
        f"It claimed an AUC of {model.claim:.3f}, and {of_nothing:.3f} after a training in which churned was shuffled. "
        f"There nothing can be learned, and a claim that is measured is near 0.5: at most {LUCK}.")


@churn_model.demands(USEFUL, points=2, after=FIRST, call=TRAIN + """\
print("in the next quarter", world.next.auc(scores), "and possible is", world.next.best)""")
def _(model: Model, production: float, world: Quarters) -> str | None:
    if abs(model.claim - production) > NEAR:
        return NotYet(f"Judged once “{CLAIM}” holds.")
    return None if production >= NEEDED else (
        f"In the next quarter the AUC was {production:.3f}, where {NEEDED} is needed and {world.next.best:.3f} is what "
        "logins and tickets before as_of make possible.")


@churn_model.demands("leaves table and events as they were", points=1, after=FIRST, call="""\
table, events, as_of = world.late.training
before = table.copy(), events.copy()
ChurnModel().train(table, events, as_of)
print(table.equals(before[0]), events.equals(before[1]))""")
def _(model: Model, deployed: Deployed, world: Quarters) -> str | None:
    for method, left, asked in (("train", model.training.left, world.late.training),
                                ("score", deployed.left, world.next.asked)):
        for name, before, after in zip(asked._fields[:2], asked[:2], left[:2], strict=True):
            wrong = change(before, after)
            if wrong:
                return f"ChurnModel.{method} changed {name}, which belongs to the caller: afterwards {wrong}."
    return None


def measured(model: Model, production: float, world: Quarters) -> str:
    """Claim and next quarter, and how well each column tells who leaves, in the training and in the next quarter."""
    lines = [f"claimed {model.claim:.3f}, next quarter {production:.3f}, possible {world.next.best:.3f}",
             f"{'AUC of a column alone':<22}  training  next quarter"]
    for name in WRITTEN:
        one, other = (alone(quarter, name) for quarter in (world.late, world.next))
        lines.append(f"{name:<22}  {one:>8.3f}  {other:>12.3f}")
    return "\n".join(lines)


def alone(quarter: Quarter, name: str) -> float:
    """The AUC of a column by itself, in whichever direction is better; of a reason, whether there is one."""
    values = quarter.table[name]
    values = values.notna() * 1.0 if name == "cancellation_reason" else values.fillna(values.max())
    found = quarter.auc(values.to_numpy(float))
    return max(found, 1 - found)


churn_model.measured = measured
