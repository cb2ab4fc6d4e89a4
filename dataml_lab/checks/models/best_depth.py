"""Exercise `best_depth`: how deep a tree should be, by validation on couriers that it hasn't seen."""

from collections.abc import Callable
from functools import lru_cache, partial

import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.models.couriers import FEATURES, Table, Tables, tables
from dataml_lab.checks.scenes import Replies, about
from dataml_lab.runtime.answers import Answer, Call, Failed, function
from dataml_lab.runtime.shown import shown

DEPTH = "returns one of the depths"
SEE = """\
for table in ({tables}):
    print(table.what, best_depth(table.deliveries, table.depths), "right:", table.right)"""

best_depth = Exercise("best_depth", tables, function("best_depth"))


@best_depth.scene
def chosen(best_depth: Answer, world: Tables) -> Replies:
    """What comes of a call for each table."""
    return Replies(partial(called, best_depth), world.all, world.seed)


def called(best_depth: Answer, table: Table) -> Call:
    """What comes of a call for a table."""
    with about(table.what):
        return best_depth.call(table.deliveries, table.depths)


def depth(chosen: Replies, table: Table) -> int:
    """The depth that was chosen for a table; Failed where it is none of those to choose from."""
    found = chosen[table].result
    if isinstance(found, bool) or not isinstance(found, int | float) or found not in table.depths:
        raise Failed(f"Given {table.what}: best_depth returned {shown(found)}, where one of the depths {table.depths} "
                     "is needed.")
    return int(found)


@best_depth.demands(DEPTH, points=0, call=SEE.format(tables="world.all"))
def _(chosen: Replies, world: Tables) -> str | None:
    found = {table: depth(chosen, table) for table in world.all}
    if len(set(found.values())) == 1:
        return f"It returned {found[world.four]} for each of {len(found)} tables, whatever was in them."
    return None


def demand(names: tuple[str, ...], text: str, points: int, reason: Callable[[int, Table], str]) -> None:
    """Makes it a property that these tables get their depth. `reason` says why another one is wrong."""
    @best_depth.demands(text, points=points, after=DEPTH, call=SEE.format(
        tables=", ".join(f"world.{name}" for name in names) + ","))
    def _(chosen: Replies, world: Tables) -> str | None:
        for table in (getattr(world, name) for name in names):
            found = depth(chosen, table)
            if found != table.right:
                return (f"Given {table.what}, and the depths {table.depths}, it returned {found}, where {table.right} "
                        f"is right. {reason(found, table)}")
        return None


@lru_cache(maxsize=8)
def validation(table: Table) -> pd.DataFrame:
    """For each depth, from the smallest up, the mean squared error in five folds of couriers: its mean, its standard
    deviation and the standard error."""
    from sklearn.model_selection import GroupKFold, cross_val_score
    from sklearn.tree import DecisionTreeRegressor

    rows = table.deliveries[table.deliveries["part"] == "train"]
    errors = pd.DataFrame({depth: -cross_val_score(
        DecisionTreeRegressor(max_depth=depth, random_state=0), rows[list(FEATURES)].to_numpy(), rows["minutes"],
        groups=rows["courier"], cv=GroupKFold(5), scoring="neg_mean_squared_error") for depth in sorted(table.depths)})
    return pd.DataFrame({"mean": errors.mean(), "deviation": errors.std(), "error": errors.std() / 5**0.5})


def shallow(found: int, right: int) -> str:
    """Why a smaller depth than the right one is wrong."""
    return (f"In validation, the mean error of depth {found} is larger than the smallest by more than the "
            "smallest one's standard error: it misses what a deeper tree finds.")


def of_alike(found: int, table: Table) -> str:
    """Why a depth is wrong where couriers are alike."""
    return shallow(found, table.right) if found < table.right else (
        f"A tree of depth {found} predicts the rows that it was fitted to better, and others worse.")


def of_offsets(found: int, table: Table) -> str:
    """Why a depth is wrong where each courier has a speed of its own."""
    return {
        3: "One level more tells the slow couriers by their number, if the tree is given that. It says nothing about a "
           "new courier.",
        8: "A deep tree tells couriers by their age, and learns how late each of them is, which says nothing about a "
           "new courier. If a courier has rows on both sides of a split, validation rewards that."}[found]


def within(errors: pd.DataFrame, limit: pd.Series | float) -> list[int]:
    """The depths whose mean error is at most the smallest plus a limit, from the smallest depth up."""
    return list(errors.index[errors["mean"] <= errors["mean"].min() + limit])


# What an answer may have done instead, and which depth comes of that: from the errors in validation, whose index goes
# up, and the depths in the order of the table.
RULES: dict[str, Callable[[pd.DataFrame, float, list[int]], int]] = {
    "the smallest mean error was taken": lambda errors, error, depths: errors["mean"].idxmin(),
    "the largest depth within the limit was taken": lambda errors, error, depths: max(within(errors, error)),
    "the first depth within the limit was taken, in the order in which they come":
        lambda errors, error, depths: min(within(errors, error), key=depths.index),
    "the standard deviation was divided by the number of folds, not by one less":
        lambda errors, error, depths: min(within(errors, error * 0.8**0.5)),
    "the standard deviation was added, not the standard error":
        lambda errors, error, depths: min(within(errors, error * 5**0.5)),
    "each depth was allowed its own standard error": lambda errors, error, depths: min(within(errors, errors["error"])),
}


def of_rule(found: list[int], tables: list[Table]) -> str:
    """What may have been done instead of the rule of one standard error, where it decides."""
    errors = [validation(table) for table in tables]
    limits = [float(each["error"][each["mean"].idxmin()]) for each in errors]
    done = [name for name, rule in RULES.items() if found == [
        rule(each, limit, table.depths) for each, limit, table in zip(errors, limits, tables, strict=True)]]
    return f"So it comes out if {' or if '.join(done)}." if done else ""


def wrong_by_rule(found: int, table: Table) -> str:
    """The errors in validation and the limit, of a table where a wrong depth was chosen."""
    errors = validation(table)
    best = errors["mean"].idxmin()
    means = " and ".join(f"{mean:.1f} (depth {depth})" for depth, mean in errors["mean"].items())
    return (f"Given {table.what}, and the depths {table.depths}, it returned {found}, where {table.right} is right. In "
            f"five folds of couriers the mean squared errors are {means}. The standard error of depth {best} is "
            f"{errors['error'][best]:.1f}, and the limit {errors['mean'][best] + errors['error'][best]:.1f}.")


def of_copies(found: int, table: Table) -> str:
    """Why a depth is wrong where the test rows repeat rows of the training."""
    return shallow(found, table.right) if found < table.right else (
        f"A tree of depth {found} looks good wherever the rows of the part “test” help to choose. They are for "
        "afterwards.")


demand(("four",), "chooses by rows that the tree hasn't seen", 2, of_alike)
demand(("offsets",), "keeps the rows of a courier together", 2, of_offsets)


@best_depth.demands("takes the smallest depth within one standard error", points=2, after=DEPTH,
                    call=SEE.format(tables="world.near_tie, world.uneven"))
def _(chosen: Replies, world: Tables) -> str | None:
    tables = [world.near_tie, world.uneven]
    found = [depth(chosen, table) for table in tables]
    for each, table in zip(found, tables, strict=True):
        if each != table.right:
            return f"{wrong_by_rule(each, table)} {of_rule(found, tables)}".strip()
    return None


demand(("copies",), "leaves the test out of the choice", 1, of_copies)


@best_depth.demands("leaves its arguments as they were", points=1, after=DEPTH, call="""\
table, depths = world.four, list(world.four.depths)
deliveries = table.deliveries.copy()
best_depth(deliveries, depths)
print(deliveries.equals(table.deliveries), depths == table.depths)""")
def _(chosen: Replies, world: Tables) -> str | None:
    for table in world.all:
        deliveries, depths = chosen[table].left
        if not isinstance(deliveries, pd.DataFrame) or not deliveries.equals(table.deliveries):
            return f"Given {table.what}: it changed deliveries, which belongs to the caller."
        if depths != table.depths:
            return f"Given {table.what}: it changed depths, which were {table.depths} and are {shown(depths)}."
    return None
