"""Exercise of 06c: which columns of a table are suspected of a leak, and for which reason."""

from functools import partial

from dataml_lab.checks.exercise import Exercise, NotYet
from dataml_lab.checks.features.frames import change
from dataml_lab.checks.leakage.planted import REASONS, Table, Tables, tables
from dataml_lab.checks.scenes import Replies, about
from dataml_lab.runtime.answers import Answer, Call, Failed, function
from dataml_lab.runtime.shown import shown

FIRST = "returns a dict of columns and reasons"
SEE = """\
for table in world.all:
    found = suspects(table.rows, table.label, table.meta)
    for name, (said, needed, why) in table.apart(found).items():
        if {reason!r} in (said, needed):
            print(f"{{table.what}}: {{name}} was {{said!r}}, needed: {{needed!r}}; {{why}}")"""
suspects = Exercise("suspects", tables, function("suspects"))


@suspects.scene
def calls(suspects: Answer, world: Tables) -> Replies:
    """What comes of a call for each table."""
    return Replies(partial(called, suspects), world.all, world.seed)


def called(suspects: Answer, table: Table) -> Call:
    """What comes of a call for a table."""
    with about(table.what):
        return suspects.call(table.rows, table.label, dict(table.meta))


@suspects.scene
def named(calls: Replies, world: Tables) -> Replies:
    """The reason of each column that the answer names, for each table."""
    return Replies(lambda table: reasons(calls[table].result, table), world.all, world.seed)


def reasons(found: object, table: Table) -> dict[str, str]:
    """What an answer returned for a table; Failed where it isn't a dict of columns and reasons."""
    with about(table.what):
        if not isinstance(found, dict):
            raise Failed(f"suspects returned {shown(found)}, where a dict is needed.")
        for name, reason in found.items():
            if name not in table.rows.columns.tolist():
                raise Failed(f"suspects named {shown(name)}, which is no column. The columns are "
                             f"{shown(table.rows.columns.tolist())}.")
            if reason not in REASONS:
                raise Failed(f"suspects returned the reason {shown(reason)} for {name}, where one of {REASONS} is "
                             "needed. A column without a reason isn't named.")
        return found


@suspects.demands(FIRST, points=0, call="""\
for table in world.all:
    print(table.what, suspects(table.rows, table.label, table.meta), sep="; ")""")
def _(named: Replies, world: Tables) -> str | None:
    some = [table for table in world.all if named[table]]
    return None if some else f"It named no column in any of {len(world.all)} tables."


def demand(reason: str) -> None:
    """Makes it two properties that each column of a reason is named for it, and that no other one is."""
    @suspects.demands(f"{reason}: names each such column", points=2, after=FIRST, call=SEE.format(reason=reason))
    def _(named: Replies, world: Tables) -> str | None:
        for table in world.all:
            for column in table.of(reason):
                said = named[table].get(column.name)
                if said != reason:
                    named_as = f"named as {said!r}" if said else "not named"
                    return (f"Given {table.what}: {column.name} is {named_as}, where {reason!r} is needed. Of this "
                            f"column: {column.why}.")
        return None

    @suspects.demands(f"{reason}: names no other column", points=1, after=FIRST, call=SEE.format(reason=reason))
    def _(named: Replies, world: Tables) -> str | None:
        for table in world.all:
            for name, (said, needed, why) in table.apart(named[table]).items():
                if said == reason:
                    right = f"where {needed!r} is needed" if needed else "and is no suspect"
                    return f"Given {table.what}: {name} is named as {said!r}, {right}. Of this column: {why}."
        if not any(reason in named[table].values() for table in world.all):
            return NotYet(f"Judged once a column is named as “{reason}”.")
        return None


for reason in REASONS:
    demand(reason)


@suspects.demands("leaves table and meta as they were", points=1, after=FIRST, call="""\
import copy
for table in world.all:
    rows, meta = table.rows.copy(), copy.deepcopy(table.meta)
    suspects(rows, table.label, meta)
    print(table.what, rows.equals(table.rows), meta == table.meta)""")
def _(calls: Replies, world: Tables) -> str | None:
    for table in world.all:
        rows, _, meta = calls[table].left
        wrong = change(table.rows, rows)
        if wrong:
            return f"Given {table.what}, it changed the table, which belongs to the caller: afterwards {wrong}."
        if meta != table.meta:
            return f"Given {table.what}, it changed meta, which was {shown(table.meta)} and is {shown(meta)}."
    return None
