"""One batch at a time is joined in an sqlite3 database in memory, which is filled from the table first."""

import json
import sqlite3


def deliver(log, table):
    db = sqlite3.connect(":memory:")
    db.execute("create table seen (id primary key, off integer)")
    saved = json.loads(table.get("deliver") or '{"offset": 0, "seen": []}')
    offset = saved["offset"]
    db.executemany("insert into seen values (?, ?)", saved["seen"])
    while batch := log.read(offset):
        db.execute("create temp table b (off integer, id, u, c integer)")
        db.executemany("insert into b values (:offset, :order_id, :user_id, :cents)", batch)
        sums = db.execute("""
            select u, sum(case when off = (select min(off) from b x where x.id = b.id)
                               and not exists (select 1 from seen where seen.id = b.id) then c else 0 end)
            from b group by u""").fetchall()
        rows = {u: (table.get(u) or 0) + c for u, c in sums}
        offset = batch[-1]["offset"] + 1
        db.execute("insert or replace into seen select id, max(off) from b group by id")
        # by number of ids rather than by offset, in case that the offsets have gaps
        db.execute("delete from seen where id not in (select id from seen order by off desc limit 120)")
        rows["deliver"] = json.dumps({"offset": offset, "seen": db.execute("select id, off from seen").fetchall()})
        table.write(rows)
        db.execute("drop table b")
