"""Exercise of 09a: the arm of each customer, the same in every process, and with nothing to do with other arms."""

from functools import partial

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.experiments.visitors import HELD, Case, Visitors, by, number, of_last_digits, of_md5, visitors
from dataml_lab.checks.scenes import Replies, about
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import shown

NEAR, APART = 0.03, 0.1  # by how much a share may be off, and how much a share may differ by the arm elsewhere
ARMS = ("treatment", "control", "holdout")
FIRST = "returns an arm for each id"
SAME = "gives a customer the same arm, alone, among others and in any order"
DIFFER = """\
for case in {cases}:
    print("Given", case.what)
    for one, arm, right in list(zip(case.ids, assign(*case.given), case.right))[:40]:
        if arm != right:
            print(repr(one), "got", arm, "and needs", right)"""

assign = Exercise("assign", visitors, function("assign"))


@assign.scene
def found(assign: Answer, world: Visitors) -> Replies:
    """The arms that the answer returns for each case."""
    return Replies(partial(arms, assign), world.all, world.seed)


def arms(assign: Answer, case: Case) -> list[str | None]:
    """The arms that are returned for a case; Failed where they are none."""
    with about(case.what):
        answer = assign(*case.given)
        if not isinstance(answer, list | tuple | pd.Series | np.ndarray):
            raise Failed(f"assign returned {shown(answer)}, where a list of arms is needed.")
        named = [None if one is None or one != one else one for one in list(answer)]
        if len(named) != len(case.ids):
            raise Failed(f"assign returned {len(named):,} arms for {len(case.ids):,} ids.")
        odd = [one for one in named if one is not None and not (isinstance(one, str) and one in ARMS)]
        if odd:
            raise Failed(f"assign returned {shown(odd[0])}, where {', '.join(map(repr, ARMS))} or None is needed.")
        return named


def share(arms: list[str | None], what: str) -> float:
    """The share of treatment among treatment and control; Failed where nobody is in either."""
    counted = [one for one in arms if one in ("treatment", "control")]
    if not counted:
        raise Failed(f"Given {what}: nobody is in treatment or control.")
    return counted.count("treatment") / len(counted)


@assign.demands(FIRST, points=0, call="print(assign(*world.first.given)[:10])")
def _(found: Replies, world: Visitors) -> str | None:
    arms = found[world.first]
    return f"Given {world.first.what}: all are in the arm {shown(arms[0])}." if len(set(arms)) == 1 else None


@assign.demands("gives treatment its share of those who are not held out", points=1, after=FIRST, call="""\
for case in world.raised:
    arms = assign(*case.given)
    print(case.what, "treatment", arms.count("treatment"), "control", arms.count("control"))""")
def _(found: Replies, world: Visitors) -> str | None:
    for case in world.raised:
        got = share(found[case], case.what)
        if not abs(got - case.share) <= (NEAR if 0 < case.share < 1 else 0):
            swapped = " Are the arms swapped?" if abs(1 - got - case.share) <= NEAR else ""
            return (f"Given {case.what}: {got:.1%} of those in treatment and control are in treatment, where "
                    f"{case.share:.0%} is needed.{swapped or ' The numbers of customers all end in 0.'}")
    return None


@assign.demands(SAME, points=2, after=FIRST, call="""\
among = dict(zip(world.first.ids, assign(*world.first.given)))
turned = dict(zip(world.turned.ids, assign(*world.turned.given)))
print("others in another order:", sum(among[one] != turned[one] for one in among))
for case in world.alone:
    print(case.ids, "among others:", among[case.ids[0]], "alone:", *assign(*case.given))""")
def _(found: Replies, world: Visitors) -> str | None:
    among = dict(zip(world.first.ids, found[world.first], strict=True))
    for case in (world.turned, *world.alone):
        others = [(one, arm) for one, arm in zip(case.ids, found[case], strict=True) if arm != among[one]]
        if others:
            one, arm = others[0]
            reason = ("It depends on who else is asked for." if case in world.alone else
                      f"{len(others):,} of {len(case.ids):,} customers change their arm. Is it drawn anew, or does it "
                      "come from a place in the list?")
            return (f"Customer {one} is in {shown(arm)}, given {case.what}, and in {shown(among[one])}, given "
                    f"{world.first.what}. {reason} An arm comes from the customer and the experiment alone.")
    return None


@assign.demands("takes 42, 42.0 and \"42\" for one customer", points=1, after=FIRST, call="""\
for ids, *arms in zip(zip(*(case.ids for case in world.ways)), *(assign(*case.given) for case in world.ways)):
    print(ids, arms)""")
def _(found: Replies, world: Visitors) -> str | None:
    for ids, arms in zip(zip(*(case.ids for case in world.ways), strict=True),
                         zip(*(found[case] for case in world.ways), strict=True), strict=True):
        if len(set(arms)) > 1:
            told = ", ".join(f"{shown(one)} in {shown(arm)}" for one, arm in zip(ids, arms, strict=True))
            return f"One customer is {told}. Bring an id into one form before it is hashed."
    return None


@assign.demands("takes nobody out of treatment when its share is raised", points=1, after=SAME, call="""\
before = assign(*world.raised[0].given)
for case in world.raised[1:]:
    after = assign(*case.given)
    print(case.share, "left treatment:", sum(a == "treatment" != b for a, b in zip(before, after)))
    before = after""")
def _(found: Replies, world: Visitors) -> str | None:
    for before, after in zip(world.raised, world.raised[1:], strict=False):
        left = [one for one, was, is_now in zip(before.ids, found[before], found[after], strict=True)
                if was == "treatment" != is_now]
        if left:
            return (f"As the share goes from {before.share:g} to {after.share:g}, {len(left):,} customers leave "
                    f"treatment, such as {left[0]}. The share must not change a customer's number: it is only what the "
                    "number is compared with.")
    return None


@assign.demands("holds out the same tenth of the customers in every experiment", points=2, after=FIRST, call="""\
held = [{one for one, arm in zip(case.ids, assign(*case.given)) if arm == "holdout"}
        for case in (world.first, world.second)]
print("held out:", *map(len, held), "in both:", len(held[0] & held[1]))""")
def _(found: Replies, world: Visitors) -> str | None:
    held = [{one for one, arm in zip(case.ids, found[case], strict=True) if arm == "holdout"}
            for case in (world.first, world.second)]
    if not abs(len(held[0]) / len(world.first.ids) - HELD) <= NEAR:
        return (f"Given {world.first.what}: {len(held[0]):,} are held out, where about "
                f"{HELD * len(world.first.ids):,.0f} are needed.")
    if held[0] != held[1]:
        return (f"{len(held[0]):,} customers are held out of {world.first.name!r} and {len(held[1]):,} of "
                f"{world.second.name!r}, and only {len(held[0] & held[1]):,} of both. Held out means that a customer "
                "sees no experiment at all.")
    return None


@assign.demands("gives arms that have nothing to do with those of another experiment", points=2, after=SAME, call="""\
import pandas as pd
one, two = assign(*world.first.given), assign(*world.second.given)
print(pd.crosstab(pd.Series(one, name=world.first.name), pd.Series(two, name=world.second.name)))""")
def _(found: Replies, world: Visitors) -> str | None:
    both = list(zip(found[world.first], found[world.second], strict=True))
    treated, others = (share([two for one, two in both if one == arm], f"{world.second.what}, of those in {arm} in "
                             f"{world.first.name!r}") for arm in ("treatment", "control"))
    if not abs(treated - others) <= APART:
        return (f"Of those in treatment in {world.first.name!r}, {treated:.0%} are in treatment in "
                f"{world.second.name!r}, and of those in control there {others:.0%}. About the same share is needed: "
                "else one experiment's effect is taken for the other's. The name has to go into a hash that mixes it "
                "with the customer.")
    return None


@assign.demands("gives None to a visitor without an account", points=1, after=FIRST, call="""\
for one, arm in zip(world.guests.ids, assign(*world.guests.given)):
    print(one, arm)""")
def _(found: Replies, world: Visitors) -> str | None:
    arms = list(zip(world.guests.ids, found[world.guests], strict=True))
    wrong = next(((one, arm) for one, arm in arms if (one is None or one != one) != (arm is None)), None)
    if wrong is None:
        return None
    one, arm = wrong
    if arm is None:
        return f"Given {world.guests.what}: the customer {shown(one)} has the arm None."
    return (f"Given {world.guests.what}: the id {shown(one)} has the arm {shown(arm)}. All such visitors would get "
            "this one arm, and the arms would no longer have their shares.")


@assign.demands("gives the arms that the app gives", points=2, after=FIRST,
                call=DIFFER.format(cases="(world.first, world.edge)"))
def _(found: Replies, world: Visitors) -> str | None:
    for case in (world.first, world.edge):
        wrong = [(one, got, right) for one, got, right in zip(case.ids, found[case], case.right, strict=True)
                 if got != right]
        if wrong:
            one, got, right = wrong[0]
            return (f"Given {case.what}: {len(wrong):,} of {len(case.ids):,} customers are in another arm than in the "
                    f"app, such as {one}: {shown(got)}, where {shown(right)} is needed. {likeness(case, found[case])}")
    return None


def mixed(name: str, text: str) -> float:
    """The number of a text, with the bits turned that are 1 in the number of the name; the holdout's as it is."""
    turned = 0.0 if text.startswith("holdout/") else number(name)
    return (int(number(text) * 2**32) ^ int(turned * 2**32)) / 2**32


def likeness(case: Case, arms: list[str | None]) -> str:
    """Which other rule gives these arms, in words."""
    name, share = case.name, case.share
    rules = {
        "a number that is the share were below it": lambda one: by(one, f"{name}/{one}", share + 2**-32),
        f"the text were {case.ids[0]}/{name}": lambda one: by(one, f"{one}/{name}", share),
        "the hash were MD5": lambda one: by(one, f"{name}/{one}", share, of_md5),
        "the digits were the last 8": lambda one: by(one, f"{name}/{one}", share, of_last_digits),
        "the name were mixed in by XOR": lambda one: by(one, f"{one}", share, partial(mixed, name)),
        "treatment had the highest numbers": lambda one: by(one, f"{name}/{one}", share, upper=True),
        "nobody were held out": lambda one: by(one, f"{name}/{one}", share, held=""),
        "the holdout's text had the name in it": lambda one: by(one, f"{name}/{one}", share, held=f"{name}/{{}}"),
        "the text were the customer alone": lambda one: by(one, f"{one}", share),
        "the text of the holdout were that of the arms, too": lambda one: by(one, f"holdout/{one}", share)}
    for words, rule in rules.items():
        if [rule(one) for one in case.ids] == arms:
            return f"These are the arms as if {words}."
    return ("Follow the rule for the number by the letter: the app computes it in another language. Python's hash() "
            "gives other numbers each time that Python starts.")
