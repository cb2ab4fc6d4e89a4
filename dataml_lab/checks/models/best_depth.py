"""Exercise `best_depth`: how deep a tree should be, by validation on couriers that it hasn't seen."""

from collections.abc import Callable
from functools import partial

import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.models.couriers import FEATURES, Table, Tables, tables
from dataml_lab.checks.scenes import Replies
from dataml_lab.runtime.answers import Answer, Call, Failed, OutOfTime, function
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
    try:
        return best_depth.call(table.deliveries, table.depths)
    except OutOfTime:
        raise
    except Failed as failure:
        raise Failed(f"Given {table.what}: {failure}") from None


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
    return shallow(found, table.right) if found < table.right else (
        "A deep tree tells couriers by their age, or by their number where it is given that, and learns how late each "
        "of them is, which says nothing about a new courier. If a courier has rows on both sides of a split, "
        "validation rewards that.")


def of_rule(found: int, table: Table) -> str:
    """Why a depth is wrong where the rule of one standard error decides."""
    errors = validation(table)
    best = errors["mean"].idxmin()
    means = " and ".join(f"{mean:.1f} (depth {depth})" for depth, mean in errors["mean"].items())
    error, deviation = errors["error"][best], errors["deviation"][best]
    told = (f"In five folds of couriers the mean squared errors are {means}. The standard error of depth {best} is "
            f"{error:.1f}, and the limit {errors['mean'][best] + error:.1f}.")
    if found < table.right:
        return (f"{told} Depth {found} is above it. The standard error of depth {found} itself, "
                f"{errors['error'][found]:.1f}, doesn't count, nor does the standard deviation, {deviation:.1f}.")
    return (f"{told} Depth {table.right} is below it, and the smallest such depth is asked for, in whatever order the "
            f"depths come. (Dividing by 5 instead of 4 would give a standard error of {error * 0.8**0.5:.1f}.)")


def of_copies(found: int, table: Table) -> str:
    """Why a depth is wrong where the test rows repeat rows of the training."""
    return shallow(found, table.right) if found < table.right else (
        f"A tree of depth {found} looks good wherever the rows of the part “test” help to choose. They are for "
        "afterwards.")


demand(("four",), "chooses by rows that the tree hasn't seen", 2, of_alike)
demand(("offsets",), "keeps the rows of a courier together", 2, of_offsets)
demand(("near_tie", "uneven"), "takes the smallest depth within one standard error", 2, of_rule)
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
