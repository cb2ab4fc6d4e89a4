"""How much each user bought in the 30 days that end with any day, the core of a daily summary."""

import numbers

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.pipeline.activity import Activity, activity
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import shown

bought_30d = Exercise("bought_30d", activity, function("bought_30d"))


@bought_30d.scene
def counts(bought_30d: Answer, world: Activity) -> dict:
    """What the answer counts for each user, given events of the day's end and beyond as well."""
    found = bought_30d(world.log, world.day)
    if not isinstance(found, dict):
        raise Failed(f"bought_30d returned {shown(found)}, where a dict of user_id → purchases was expected.")
    return found


@bought_30d.demands("has each user who did anything before the end of the day", points=1, call="""\
print("lacking:", set(world.rows) - set(bought_30d(world.log, world.day)))
print("too many:", set(bought_30d(world.log, world.day)) - set(world.rows))""")
def _(counts: dict, world: Activity) -> str | None:
    lacking, surplus = set(world.rows) - set(counts), [user for user in counts if user not in world.rows]
    if lacking:
        return (f"Asked about {world.day}, it lacks {len(lacking)} of {len(world.rows)} users, such as {min(lacking)}. "
                "Each user with an event of any kind before the end of the day has a number, which may be 0.")
    return (f"Asked about {world.day}, it has user {shown(surplus[0])}, who did nothing before the end of that day."
            if surplus else None)


@bought_30d.demands("counts the purchases of the 30 days", points=1, call="""\
found = bought_30d(world.log, world.day)
for user, row in world.rows.items():
    if user in found and found[user] != row.total_purchases_30d:
        print(user, "has", found[user], "where", row.total_purchases_30d, "is right")""")
def _(counts: dict, world: Activity) -> str | None:
    there = [user for user in world.rows if user in counts]
    for user in sorted(there, key=lambda user: "total_purchases_30d" not in world.whys[user]):
        found, right = counts[user], world.rows[user].total_purchases_30d
        why = world.whys[user].get("total_purchases_30d")
        if not isinstance(found, numbers.Real) or isinstance(found, bool) or found != right:
            return (f"Asked about {world.day}, it counts {shown(found)} purchases of user {user} where {right} is right"
                    f"{f'. That user {why}' if why else ''}.")
    return None if there else "It counts nothing for any user."
