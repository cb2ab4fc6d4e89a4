"""How long features take on millions of events, against others: `python benchmarks/features.py [--events 5000000]`.

Two questions. A window: for each transaction, how many the user had in the 30 days before, without it. A join: what the
user's newest transaction was before each of 500,000 labels. The transactions are drawn with a seed: some users have
thousands, times are whole seconds of two years, and the frame is in their order, as a log is, or shuffled.

Each contender has a process of its own and its data in the form it likes best before the clock starts; it answers in
turn with the others, in the order of the rows asked for. The answers must be equal. A ratio is one round's time by the
best time of that round; the medians are printed, and on a terminal a line per round. Between two of its answers each
contender rests while the others have their turn, so that fresh memory costs what it costs in use. Memory is the
process's peak less what it held before the first answer. Without polars (`pip install "dataml-lab[bench]"`) its rows
are missing, and a line says so.
"""

import argparse
import importlib.util
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
from contenders import Contender, raced, serve

USERS, LABELS, ROUNDS = 100_000, 500_000, 5
CONTENDERS = ("dataml_lab", "pandas", "DuckDB", "Polars")
BEGIN = pd.Timestamp("2024-01-01", tz="UTC")
SECONDS = 730 * 86_400
MONTH_US = 30 * 86_400 * 10**6


def drawn(count, seed):
    """Users and moments as whole numbers; how active a user is has a long tail."""
    random = np.random.default_rng(seed)
    activity = np.random.default_rng(7).pareto(1.5, USERS) + 0.05
    return random.choice(USERS, count, p=activity / activity.sum()), random.integers(0, SECONDS, count)


def moments(seconds):
    """Seconds since the beginning as times with a zone."""
    return BEGIN + pd.to_timedelta(seconds, unit="s").as_unit("us")


def transactions(count, shuffled):
    """Transactions; those of a user at one moment have the same total, so that none of them is the newest."""
    users, seconds = drawn(count, 1)
    order = np.arange(count) if shuffled else np.argsort(seconds, kind="stable")
    users, seconds = users[order], seconds[order]
    totals = (users * 31 + seconds) % 10_000 / 100
    return pd.DataFrame({"user_id": users, "occurred_at": moments(seconds), "total": totals})


def labels():
    """The rows of the join, in no order."""
    users, seconds = drawn(LABELS, 2)
    return pd.DataFrame({"user_id": users, "as_of": moments(seconds)})


def ours(task, events):
    """The lab's own."""
    from dataml_lab.features import windows
    from dataml_lab.features.definition import Feature, View

    view = View("transactions", (Feature("before", "count", days=30),))
    rows = events[["user_id", "occurred_at"]].rename(columns={"occurred_at": "as_of"}) if task == "window" else labels()
    if task == "window":
        return lambda: windows.compute(view, events, rows)["before"]
    return lambda: windows.latest(events, rows)["total"]


def by_pandas(task, events):
    """`groupby.rolling`, which needs its times sorted, and `merge_asof`."""
    rows = labels()

    def window():
        known = events.sort_values("occurred_at", kind="stable")
        found = known.groupby("user_id").rolling("30D", on="occurred_at", closed="left")["total"].count()
        by_user = known.index[known["user_id"].argsort(kind="stable")]
        return pd.Series(found.fillna(0).to_numpy("int64"), by_user).sort_index()

    def join():
        sides = rows.reset_index().sort_values("as_of"), events.sort_values("occurred_at", kind="stable")
        found = pd.merge_asof(*sides, left_on="as_of", right_on="occurred_at", by="user_id", allow_exact_matches=False)
        return found.set_index("index")["total"].sort_index()

    return window if task == "window" else join


def by_duckdb(task, events):
    """A window with a RANGE of microseconds, and an ASOF join, from tables of its own."""
    import duckdb

    connection = duckdb.connect()
    for name, frame, at in [("events", events, "occurred_at"), ("labels", labels(), "as_of")]:
        plain = frame.assign(moment=frame[at].astype("int64"), number=np.arange(len(frame))).drop(columns=at)  # noqa: F841
        connection.execute(f"CREATE TABLE {name} AS FROM plain")
    window = f"""SELECT number, count(*) OVER (PARTITION BY user_id ORDER BY moment
        RANGE BETWEEN {MONTH_US} PRECEDING AND 1 PRECEDING) AS found FROM events"""
    join = """SELECT labels.number, events.total AS found FROM labels ASOF LEFT JOIN events
        ON labels.user_id = events.user_id AND labels.moment > events.moment"""
    query = window if task == "window" else join

    def answer():
        found = connection.execute(query).fetchnumpy()
        result = np.empty(len(found["number"]), found["found"].dtype)
        result[found["number"]] = np.ma.filled(found["found"], np.nan) if task == "join" else found["found"]
        return result

    return answer


def by_polars(task, events):
    """`rolling_sum_by` over each user, and `join_asof`."""
    import polars

    known, asked = polars.from_pandas(events), polars.from_pandas(labels()).with_row_index()
    before = polars.col("one").rolling_sum_by("occurred_at", window_size="30d", closed="left").over("user_id")

    def window():
        return known.with_columns(one=polars.lit(1)).select(before.fill_null(0)).to_series()

    def join():
        found = asked.sort("as_of").join_asof(
            known.sort("occurred_at"), left_on="as_of", right_on="occurred_at", by="user_id", allow_exact_matches=False
        )
        return found.sort("index")["total"]

    return window if task == "window" else join


def contest(names, task, count, shuffled):
    """Rounds in which each answers in turn; prints a row for each, and fails unless the answers are equal."""
    told = f"{task:<8}{'shuffled' if shuffled else 'as a log':<10}"
    options = ["--task", task, "--events", count, *["--shuffled"] * shuffled]
    racers = [Contender(name, __file__, "--serve", name, *options) for name in names]
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{racer.name}.npy" for racer in racers]
        rounds = [raced(racers, files, f"{told}round {number} of {ROUNDS}") for number in range(1, ROUNDS + 1)]
        for racer in racers:
            racer.end()
        refuse_difference(names, [np.load(file) for file in files])
    for racer, seconds in zip(racers, zip(*rounds, strict=True), strict=True):
        report(told, racer, seconds, rounds, names.index("pandas"))


def refuse_difference(names, answers):
    """AssertionError naming the first contender that answers otherwise than the first of all."""
    for name, found in zip(names, answers, strict=True):
        assert np.array_equal(found, answers[0], equal_nan=True), f"{name} answers otherwise than {names[0]}"


def report(told, racer, seconds, rounds, pandas):
    """Print a contender's row: medians over the rounds, of which each has pandas' seconds at one place."""
    ratios = [taken / min(times) for taken, times in zip(seconds, rounds, strict=True)]
    to_pandas = [times[pandas] / taken for taken, times in zip(seconds, rounds, strict=True)]
    print(
        f"{told}{racer.name:<12}{median(seconds):>8.2f}{median(ratios):>9.2f}{median(to_pandas):>13.1f}"
        f"{racer.memory:>10,.0f}",
        flush=True,
    )


def main():
    """Print a row per question, order of the events, and contender."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5_000_000, help="transactions")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--task", help=argparse.SUPPRESS)
    parser.add_argument("--shuffled", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        made = dict(zip(CONTENDERS, (ours, by_pandas, by_duckdb, by_polars), strict=True))[chosen.serve]
        serve(made(chosen.task, transactions(chosen.events, chosen.shuffled)))
        return
    names = [name for name in CONTENDERS if name != "Polars" or importlib.util.find_spec("polars")]
    if "Polars" not in names:
        print('Polars is not installed and has no rows; pip install "dataml-lab[bench]" brings it.')
    print(f"{chosen.events:,} transactions; seconds, × the best of the round, × faster than pandas, MB more than held")
    print(f"{'':<30}{'seconds':>8}{'× best':>9}{'× pandas':>13}{'MB':>10}")
    for task in ("window", "join"):
        for shuffled in (False, True):
            contest(names, task, chosen.events, shuffled)


if __name__ == "__main__":
    main()
