# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01f A plan: how often to run, how far to look back
#
# [Part 01e](../01e_late_data/01e_late_data.ipynb) made past days again each night, so that late data finds its place. Here
# you plan such a job for a shop: its runs cost money, its systems fail now and then, and its readers want fresh data.
#
# **After this part you will be able to**
#
# - choose how often a job runs and how many days it makes again, from what readers accept and what went wrong before;
# - choose the key by which a message counts once;
# - defend a choice of tools with numbers.
#
# **You need** Python, some [pandas](https://pandas.pydata.org/docs/), and about 75 minutes, 50 of them for the exercise
# and its question. The two sections called “Extra” can be left out.

# %%
import shutil
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from dataml_lab import pipeline
from dataml_lab.pipeline import airflow, dbt
from dataml_lab.store import Store
from dataml_lab.store.postgres import installed_programs, program

plt.style.use("dataml_lab.workbook")
desk = Path(tempfile.mkdtemp())  # everything this notebook writes goes here

# %% [markdown]
# ## How old is the table that readers see?
#
# A job runs on a *schedule*, say every 6 hours. In an *outage* no run takes place: a machine or a network is down. At the
# end of the outage one run makes up for what was missed.
#
# The *staleness* of a table at some moment is the time since its last run. The next cell plans three days with one outage.
# The hours of an outage are counted from the last run before it, here hour 24, to the run at its end, hour 44.

# %%
def run_hours(every, outage):
    """The hours of three days at which a run takes place: on schedule, but none inside the outage, and one at its end."""
    begin, end = outage
    planned = {hour for hour in range(0, 73, every) if not begin < hour < end}
    return sorted(planned | {end})


runs = np.array(run_hours(every=6, outage=(24, 44)))
print("runs at the hours", *runs)

# %%
moments = np.arange(0, 72, 0.25)  # hours
staleness = pd.Series([moment - runs[runs <= moment].max() for moment in moments], moments)
staleness[[17.75, 18.0, 23.75, 24.0, 43.75, 44.0]].rename_axis("hour").rename("staleness (hours)").to_frame()

# %% role="claim"
assert list(runs) == [0, 6, 12, 18, 24, 44, 48, 54, 60, 66, 72]
in_outage = (staleness.index >= 24) & (staleness.index < 44)
assert staleness[~in_outage].max() == 6 - 0.25 and staleness[in_outage].max() == 20 - 0.25

# %% role="figure" alt="A line over 72 hours, like the teeth of a saw: the staleness of the table rises from 0 to 6 hours and drops to 0 at each run. Between hour 24 and hour 44, the outage, it rises to 20 hours and then drops to 0."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3))
axes.axvspan(24, 44, color="0.9")
axes.plot(staleness.index, staleness)
axes.axhline(6, color="black", linestyle="--", linewidth=1)
axes.annotate("6 hours", (0.6, 6), (0, 4), textcoords="offset points")
axes.annotate("outage", (34, 19), ha="center")
axes.set(xlabel="hour", ylabel="staleness (hours)", xlim=(0, 72), ylim=(0, 21), xticks=range(0, 73, 12),
         title="A run every 6 hours keeps the table at most 6 hours old, except in an outage")
plt.show()

# %% [markdown]
# **Read the figure.** In each hour the staleness grows by one hour, and a run brings it back to 0. With a run every 6 hours
# it reaches at most 6 hours; in the grey outage it reaches 20 hours. No schedule prevents that, so the exercise doesn't
# count outages against a plan.
#
# ## How long does a late message wait?
#
# A message that comes late has to wait for the next run as well. The run that counts it must make the day of the purchase
# again, which may be some *days back* from the run's own day.
#
# Here are five messages of the same three days. Hour 0 is midnight, so hours 0 to 23 are day 0.

# %%
messages = pd.DataFrame({"bought at hour": [10, 10, 10, 20, 2], "hours late": [1, 9, 15, 25, 46]})
messages["comes at hour"] = messages["bought at hour"] + messages["hours late"]
messages["counted at hour"] = [runs[runs > hour].min() for hour in messages["comes at hour"]]
messages["waits (hours)"] = messages["counted at hour"] - messages["comes at hour"]
messages["days back"] = messages["counted at hour"] // 24 - messages["bought at hour"] // 24
messages

# %% role="claim"
assert messages["waits (hours)"].tolist() == [1, 5, 19, 3, 6]
assert messages["days back"].tolist() == [0, 1, 1, 2, 2]
assert messages.loc[2, "comes at hour"] == 25

# %% [markdown]
# The third message comes at hour 25, just after a run, and an outage has begun: it waits for 19 hours. The last one comes
# at the very hour of a run. It counts as too late for that run, and waits for 6 hours although nothing has failed.
#
# ## What does it cost?
#
# Each run makes the current day and some days before it: for each of these days, a row for each user. The table shows
# the rows a day for 30 users.

# %%
every, back = pd.Index([1, 6, 24], name="a run every (hours)"), pd.Index([0, 4, 30], name="days back")
pd.DataFrame({days: 30 * 24 // every * (days + 1) for days in back}, every).rename_axis(columns="days back")

# %% role="claim"
assert 30 * 24 // 6 * (4 + 1) == 600 and 30 * 24 * 31 == 22_320

# %% [markdown]
# A run every 6 hours with four days back makes 600 rows a day. A run every hour with 30 days back, “to be safe”, makes
# 22,320.
#
# ## Which messages are the same one?
#
# A source that sends at least once sends some messages twice. A *key* says which messages count as one.
#
# Here are five messages about three purchases. This source keeps the id of a message that it sends again, and its clock
# writes minutes. User 7 bought twice in the same minute.

# %%
sent = pd.DataFrame({"event_id": [11, 11, 12, 13, 13], "user_id": [7, 7, 7, 9, 9],
                     "occurred_at": ["12:00", "12:00", "12:00", "12:03", "12:03"],
                     "about": ["purchase A", "purchase A", "purchase B", "purchase C", "purchase C"]})
sent

# %%
counted = {"event_id": len(sent.drop_duplicates("event_id")),
           "content": len(sent.drop_duplicates(["user_id", "occurred_at"])),
           "none": len(sent)}
pd.Series(counted, name="purchases counted").rename_axis("key").to_frame()

# %% role="claim"
assert counted == {"event_id": 3, "content": 2, "none": 5} and sent["about"].nunique() == 3
other = sent.assign(event_id=range(5), occurred_at=["12:00:05", "12:00:05", "12:00:50", "12:03:20", "12:03:20"])
assert other["event_id"].nunique() == 5 and len(other.drop_duplicates(["user_id", "occurred_at"])) == 3

# %% [markdown]
# For this source only the id counts right. What do the three keys count where a source gives each message a new id, and
# its clock writes seconds?
#
# There `event_id` counts 5, `content` counts 3, and `none` counts 5: only the content counts right.
#
# How a run writes its rows is the last choice. [Part 01d](../01d_serve/01d_serve.ipynb) made January a second time, by
# replacing its days, and nothing was doubled.
#
# ## Which tools?
#
# A plan needs tools for three jobs. For each job there is a simple tool, and there are larger ones that pay only at some
# size.
#
# | job | a simple tool | larger tools | pay once |
# |---|---|---|---|
# | start the runs | cron: a list of times and commands on one machine | a scheduler, such as Airflow | jobs depend on one another, and people have to see and repeat those that failed |
# | keep the raw events | files, one for each batch | an object store, such as S3 | one disk is too small, or several machines read the events |
# | | | a topic, such as Kafka | several programs need each event within seconds |
# | hold the table | SQLite or DuckDB: one file | PostgreSQL | several programs read and write at once |
# | | | a warehouse, such as BigQuery | one machine takes too long over the questions |
#
# Three numbers show in production whether a plan still fits: the staleness of the table, the lines in quarantine, and the
# messages that came too late for the days back.
#
# ### One SQL file and a line of crontab
#
# The simplest tools are enough for the summary of parts [01d](../01d_serve/01d_serve.ipynb) and 01e. The whole job is one
# SQL file, which PostgreSQL's own program `psql` runs; `:'day'` is the day that it is given. It makes that day and the four
# days before it, in one transaction.

# %%
job = r"""\set ON_ERROR_STOP on
SET client_min_messages TO warning;
BEGIN;
CREATE TABLE IF NOT EXISTS daily_summary (day date, user_id bigint, orders_30d bigint, spend_30d double precision,
    days_since_order integer, PRIMARY KEY (day, user_id));
DELETE FROM daily_summary WHERE day BETWEEN DATE :'day' - 4 AND DATE :'day';
INSERT INTO daily_summary
WITH days AS (SELECT DATE :'day' - back AS day FROM generate_series(0, 4) AS back),
known AS (SELECT user_id, CAST(occurred_at AT TIME ZONE 'UTC' AS date) AS ordered_on,
    CASE WHEN status = 'completed' THEN CAST(total * 100 AS bigint) END AS cents FROM orders)
SELECT day, user_id, count(cents) FILTER (WHERE ordered_on > day - 30),
    CAST(coalesce(sum(cents) FILTER (WHERE ordered_on > day - 30), 0) AS double precision) / 100,
    day - max(ordered_on) FILTER (WHERE cents IS NOT NULL)
FROM days JOIN known ON ordered_on <= day GROUP BY day, user_id;
COMMIT;
"""
file = desk / "daily_summary.sql"
print(f"{file.name}: {file.write_text(job, 'utf-8'):,} characters")

# %% [markdown]
# In crontab's line, `15 1 * * *` says when: at minute 15 of hour 1 of every day. Then comes the command. Its day is
# yesterday, in UTC; a `%` has to be escaped there.
#
# ```text
# SHOP=postgresql://reports@db.example/shop
# CRON_TZ=UTC
# 15 1 * * *  psql "$SHOP" --set day=$(date -u -d yesterday +\%F) --file daily_summary.sql
# ```
#
# The next cell types the command by hand, for 7 May and once more for 7 May, and compares the table with the one that
# `rebuild` makes of the same five days.

# %%
database, days = Store().database("orders", until="2025-05-08"), [date(2025, 5, 3) + timedelta(days=n) for n in range(5)]
psql = shutil.which("psql") or program(installed_programs(), "psql")
command = [psql, database.dsn, "--quiet", "--set", f"day={days[-1]}", "--file", str(file)]
for _ in range(2):
    subprocess.run(command, check=True)


def rows_of(table):
    """The rows of a table in the database, by day and user."""
    return connection.execute(f"SELECT * FROM {table} ORDER BY day, user_id").fetchall()


with database.connect() as connection:
    pipeline.rebuild(connection, days, table="by_rebuild")
    by_cron, by_rebuild = rows_of("daily_summary"), rows_of("by_rebuild")
print(f"{len(by_cron):,} rows; equal to those of `rebuild`: {by_cron == by_rebuild}")

# %% role="claim"
assert by_cron == by_rebuild and len({day for day, *_ in by_cron}) == 5

# %% [markdown]
# That is a job that survives crashes and second runs. What it lacks: a night in which the machine was off is not made up
# for, nobody sees which nights failed, and nothing checks the table.
#
# ### Extra: dbt
#
# [dbt](https://docs.getdbt.com/docs/introduction) keeps such SQL in a project: a *model* is a file with
# one SELECT, and dbt writes CREATE, DELETE and INSERT around it. An *incremental* model makes only some days anew.
#
# Beside it stand tests of the table, such as “one row for each day and user”. The same project runs on PostgreSQL and on DuckDB.
#
# The next cell shows the part of the model that looks back. In `{% … %}` and `{{ … }}` is what dbt fills in.

# %%
model = (dbt.PROJECT / "models" / "daily_summary.sql").read_text("utf-8")
print(model[model.index("span AS"):model.index("days AS")])

# %% [markdown]
# A night that was missed is made up for here: the days begin four before the first one that lacks. The next cell runs the
# project for 6 May, then for 7 May, on the same PostgreSQL.

# %% tags=["nbval-ignore-output"]
if needed := dbt.missing():
    print(f"Skipped. {needed}.")
else:
    with dbt.Dbt(database.dsn) as project, database.connect() as connection:
        connection.execute("DROP TABLE daily_summary")
        for day in days[-2:]:
            print(day, project.build(day))
        by_dbt = [row for row in rows_of("daily_summary") if row[0] in days]
    print(f"{len(by_dbt):,} rows; equal to those of `rebuild`: {by_dbt == by_rebuild}")

# %% role="claim"
assert needed or by_dbt == by_rebuild

# %% [markdown]
# ### Extra: a scheduler
#
# [Airflow](https://airflow.apache.org/docs/) calls a job a *DAG*: tasks, and which of them waits for which. Each run is
# about an *interval*, here a day, and starts when that day is over. With `catchup`, days that are over and have no run get
# one as well.
#
# The shop below gets a file of orders for each day. If the file isn't there, the run fails. Otherwise it makes the day's
# table of part 01e, which looks back over 30 days.

# %%
orders = Store().orders
(desk / "arrived").mkdir()
for day, rows in orders[orders["occurred_at"] < "2025-03-05"].groupby(orders["occurred_at"].dt.strftime("%Y-%m-%d")):
    rows.to_parquet(desk / "arrived" / f"{day}.parquet", index=False)
with pipeline.Warehouse(desk / "shop.duckdb") as warehouse:
    warehouse.connection.execute(f"CREATE VIEW orders AS FROM '{desk}/arrived/*.parquet'")
command = "day={day}; test -e arrived/$day.parquet && {python} -m dataml_lab.pipeline shop.duckdb $day"
daily = airflow.dag(date(2025, 3, 1), date(2025, 3, 4), command, desk)
print(daily.replace(str(desk), "/shop").replace(sys.executable, "python"))

# %% [markdown]
# The file of March 2 is late, and Airflow's scheduler gets the DAG on some day after March 4. (Airflow needs 0.3 GB, and
# the cell takes up to a minute. Without Airflow it says so, and the notebook goes on.)

# %% tags=["nbval-ignore-output"]
late = desk / "arrived" / "2025-03-02.parquet"
late.rename(desk / "late")
if needed := airflow.missing():
    print(f"Skipped. {needed}.")
else:
    scheduler = airflow.Airflow(desk / "airflow", daily)
    first_runs = scheduler.run()
    print(first_runs.to_string(index=False))

# %% role="claim"
assert needed or first_runs["state"].tolist() == ["success", "failed", "success", "success"]

# %% [markdown]
# Now the file comes. **Is it enough to run the failed day again?**
#
# No: the tables of March 3 and 4 look back over March 2, and were made without it. So the first command below has the
# failed run repeated, and the second one is a backfill of the two days after it.

# %% tags=["nbval-ignore-output"]
(desk / "late").rename(late)
if not needed:
    runs = scheduler.run("tasks clear daily_summary --only-failed --yes",
                         "backfill create --dag-id daily_summary --from-date 2025-03-03 --to-date 2025-03-04 "
                         "--reprocess-behavior completed")
    print(runs.to_string(index=False))
    with pipeline.Warehouse(desk / "shop.duckdb") as warehouse:
        pipeline.rebuild(warehouse.connection, [date(2025, 3, day) for day in range(1, 5)], table="rebuilt")
        tables = [warehouse.query(f"FROM {name} ORDER BY day, user_id") for name in ("daily_summary", "rebuilt")]
    print(f"Airflow's {len(tables[0]):,} rows are those of pipeline.rebuild: {tables[0].equals(tables[1])}")

# %% role="claim"
assert needed or (tables[0].equals(tables[1]) and runs["tries"].tolist() == [1, 2, 2, 2] and set(runs["state"]) == {"success"})

# %% [markdown]
# The job is the same command that cron would start. The scheduler adds that everybody sees which days failed, and that a
# day is repeated by a command. Its price is a service of its own, with a database, that somebody has to keep alive.

# %% [markdown] role="prompt" exercise="plan"
# ### Exercise: a plan ({{points}}, about 30 minutes)
#
# Write `plan(brief)`. It gets what is known about a shop, a dict, and returns a plan, a dict.
#
# The plan runs for 90 simulated days. Then it runs for 14 more days, in which the last late messages about the 90 days
# come. The table is that of `affected` in part 01e: purchases of 30 days by user and day.
#
# | in the plan | may be | means |
# |---|---|---|
# | `schedule_h` | 1, 2, 3, 4, 6, 8, 12 or 24 | hours between two runs; each day has a run at 01:00 UTC (with 6: 01:00, 07:00, 13:00 and 19:00) |
# | `lookback_days` | 0 to 90 | each run makes the current day, and this many days before it; for each of these days it makes `users` rows |
# | `key` | `"event_id"` | of messages with the same event id, only one counts |
# | | `"content"` | of messages with the same user and time of purchase, only one counts |
# | | `"none"` | every message counts |
# | `store` | `"append"` | a run adds its rows to the table |
# | | `"replace_days"` | a run puts its rows in place of those of the same days |
# | | `"replace_table"` | a run empties the table, then writes its rows |
#
# | in the brief | says |
# |---|---|
# | `accept_h` | how many hours old the table that readers see may get; exactly so old is still accepted, and outages don't count |
# | `delays_h` | a list, never empty: how many hours late the late messages of the last quarter were; none is ever later than the largest of these |
# | `outages_h` | a list, never empty: how many hours the outages of the last quarter lasted; none is ever longer |
# | `id_is_kept` | whether a message that is sent again keeps its event id; if not, each time it gets a new one, and the clock writes seconds |
# | `clock_s` | the time of a purchase is written to so many seconds: to the second (1) or to the minute (60) |
# | `users`, `days` | how many users there are (each day has a row for each of them), and how many days the plan runs |
# | `budget_rows` | how many rows all runs of the 90 days together may make; the 14 days after them aren't counted |
#
# | what happens | how |
# |---|---|
# | repeats | a tenth of all messages comes twice |
# | two purchases | some users buy twice within a minute, nobody within a second |
# | a run too many | one run is by mistake started twice |
# | outages | no run takes place; the hours count from the last run before it to the run at its end. In the worst case a late message comes just after that last run |
# | waiting | without an outage, too, a message may come just after a run, and waits for the next one. Where outages are short, that wait may be the longer one |
#
# ```python
# {"accept_h": 7, "delays_h": [3, 30, 17, 25], "outages_h": [2, 53, 5], "id_is_kept": True, "clock_s": 60,
#  "users": 30, "days": 90, "budget_rows": 66_000}
# ```
#
# For this shop 6 hours is the longest time between two runs that readers accept: `{"schedule_h": 6, "lookback_days": …,
# "key": …, "store": …}`. How many days back can such a run still find something new?
#
# First step: choose `schedule_h` from `accept_h`, and return it with 0 days back, `"none"` and `"append"`. Then run the
# check, and improve one choice at a time.
#
# Below its verdict the check says what your plans came to for five briefs: of the rows in the table, how many are
# *wrong* in the end (or missing), and how many are there *twice* or more often. The verdict tries one choice at a time, so
# its numbers are others. What your answer prints is not shown.
#
# {{properties}}

# %% role="answer" exercise="plan" check="what holds, in practice worlds, and what your plans came to"
import math


def plan(brief):
    """How to keep the table of a shop right and fresh within its budget."""
    ### BEGIN SOLUTION
    schedule = max(hours for hours in (1, 2, 3, 4, 6, 8, 12, 24) if hours <= brief["accept_h"])
    longest = max(brief["delays_h"]) + max(schedule, *brief["outages_h"])  # a late message may just miss a run
    key = "event_id" if brief["id_is_kept"] else "content"
    return {"schedule_h": schedule, "lookback_days": math.ceil(longest / 24), "key": key, "store": "replace_days"}
    ### END SOLUTION


# %% [markdown] role="question" exercise="plan"
# #### Question: which tools would you use? ({{essay points}}, about 20 minutes)
#
# Suppose that you run the job of your plan at work, for the shop of the brief above: 30 users, a dozen purchases a day.
# Which tools do you choose to schedule it, to keep the raw events, and to hold the table? How do you deal with late data?
#
# A person reads your answer, beside what was measured of your plans; 150 to 250 words are enough. A row of the table
# earns half its point where a part of it is missing. First step: write one sentence for each row.
#
# | what earns points | points |
# |---|---:|
# | a tool for each of the three parts, the simplest that does the job at this size, with the reason | 1 |
# | late data: which moment a row is computed by, what is made again and how often, with the numbers of your plan | 1 |
# | how a crash, a second run and a backfill leave the table right with the tools that you name | 1 |
# | what is measured in production, and at which number you would choose another tool or a stream | 1 |

# %% [markdown] role="essay" exercise="plan"
# Thirty users and a few thousand purchases fit any machine, so I take the simplest tools that survive a crash: cron
# to start the job, JSON-lines files named for their batch to keep what came in, and one PostgreSQL database for the
# table. A scheduler such as Airflow starts to pay when jobs depend on one another and somebody has to see which one
# failed.
#
# Rows are computed by `occurred_at`, and `received_at` is kept beside it. Readers accept data some hours old, so the
# job runs at the longest allowed interval; each run makes the current day and as many days before it as the longest
# delay and the longest wait for a run, mostly an outage, take together. Later messages are counted and reported, not
# ignored: they are a reason to look further back.
#
# A run deletes and inserts the rows of its days in one transaction, and counts an event by its id. So a crash leaves
# the old rows, a second run changes nothing, and a backfill is the same job with other days.
#
# I would watch the time since the last run, the rows changed in the oldest day made (above zero means that the lookback
# is too short), messages received against rows counted, and what lies in quarantine. If readers need it within a minute,
# a frequent batch no longer does, and I would keep counts in a stream processor. Above some hundred million events I
# would move the table to an engine that stores by columns.

# %% [markdown]
# **Compare.** Write your own answer first. Then run `solution("plan")` in a cell of your own: below the code it shows a
# model answer.
#
# Go through the table of the question, and note for each row what the model answer says and yours doesn't.
#
# ## What to take along
#
# - Run as seldom as readers accept.
# - Look back over the longest delay plus the longest wait for a run.
# - Count by a key that fits the source: an id that it keeps, or else the content if its clock is fine enough.
# - Replace the days that a run makes. Then a second run changes nothing.
#
# **What comes next.** This was the last part of lesson 01. Lesson 02 asks when such a job is often enough and when you
# need a stream; it begins with [part 02a](../02a_windows/02a_windows.ipynb).
#
# The part before this one is [01e](../01e_late_data/01e_late_data.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top. It lists an exercise
# that lacks points, and says whether the question has an answer at all.
#
# **Read on.** Chip Huyen, *Designing Machine Learning Systems*: data engineering fundamentals. Google's *Rules of Machine
# Learning*: rules 1 to 11, before machine learning and the first pipeline.
