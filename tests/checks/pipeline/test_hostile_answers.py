"""Answers that somebody wrote to break the checks: each gets a verdict in words, and no more points than its due."""

import ast
import re
import time
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks import exercises, lesson_of
from dataml_lab.checks.exercise import UNJUDGED
from dataml_lab.checks.pipeline.cleaner_tests import FAULTY
from dataml_lab.checks.pipeline.daily_summary import daily_summary
from dataml_lab.checks.pipeline.depot import Api, Disk, State
from dataml_lab.checks.pipeline.fetch_all import amiss
from dataml_lab.runtime import answers
from dataml_lab.runtime.answers import Answer, NotAttempted
from dataml_lab.runtime.process import Process

# What is said of late days, and that something is kept, is due in any case: these were written with a crash in mind.
DUE = {"affected_answers_as_asked": 2, "clean_payments_arrays": 1}
FOLDER = Path(__file__).parents[2] / "submissions" / "hostile"


@cache
def verdict(name):
    """The verdict on an answer of the corpus, in two worlds, and what it deserves."""
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    said = dict(re.findall(r"(?m)^(exercise|deserves): (\S+)$", ast.get_docstring(ast.parse(source))))
    namespace = {"__name__": "__main__"}
    exec(compile(source, "<cell>", "exec"), namespace)
    exercise = exercises(lesson_of(said["exercise"]))[said["exercise"]]
    return exercise.judge(namespace, [1, 2]), DUE[name] if name in DUE else float(said["deserves"])


@pytest.mark.parametrize("name", [
    "affected_answers_as_asked", "plan_answers_as_asked", "revenue_by_the_order_of_calls", "worth_it_by_call_number",
    "worth_it_by_the_pair_before", "revenue_empty_failure", "revenue_empty_out_of_time", "revenue_late_judges",
    "revenue_stopped", "class_lies", "clean_payments_arrays", "clean_payments_class_lies", "fetch_all_unhashable_ids",
    "fetch_all_hostile_arguments", "fetch_all_waits_nan", "fetch_all_pretends_to_crash", "cleaner_tests_forged_names",
    "fetch_all_remembers_across_crashes", "cleaner_tests_one_huge_total", "cleaner_tests_odd_globals",
    "cleaner_tests_redos", "cleaner_tests_hostile_records", "summary_of_nothing", "summary_kept_for_all",
    "summary_with_huge_numbers", "summary_with_many_levels", "summary_of_odd_types", "broadcast_array",
    "error_with_a_forged_verdict", "error_with_surrogates", "odd_objects", "odd_exceptions", "fetch_all_arrays_in_rows",
])
def test_an_attack_is_a_verdict_in_words_and_earns_no_more_than_its_due(name):
    found, due = verdict(name)
    assert found.score <= due, found
    failing = [finding for finding in found.findings if finding.outcome == "fails"]
    for finding in failing:
        assert finding.sentence and not finding.sentence.startswith(UNJUDGED), finding
        assert len(finding.sentence) < 7_600 and finding.sentence.encode()
    assert found.not_attempted or failing or found.score == due


def summary(found):
    """A class whose summary is this."""
    return type("Pipeline", (), {"ingest": lambda *_: None, "summary": lambda *_: found})


@pytest.mark.parametrize("odd", [10**400, Decimal("sNaN"), Decimal("1E+999"), Fraction(10**400, 3), 1e300])
def test_a_number_that_no_user_has_is_told(odd):
    row = pd.DataFrame({"user_id": [odd], "total_purchases_30d": [1], "avg_session_duration_7d": [1],
                        "last_login_days_ago": [1]}, dtype=object)
    (first, *_) = daily_summary.judge({"Pipeline": summary(row)}, [1]).findings
    assert "user_id is missing, or no number" in first.sentence or "beyond all floats" in first.sentence


def test_a_summary_that_says_the_same_of_everybody_is_not_called_steady():
    verdicts = daily_summary.judge({"Pipeline": verdict_of_zeros()}, [1]).findings
    held = {finding.property for finding in verdicts if finding.outcome == "holds"}
    assert held == {"makes a table from its own events", "has one row for each user"}


def verdict_of_zeros():
    """A class that knows who there is, and says 0 of each."""
    class Pipeline:
        def __init__(self):
            self.first = {}

        def ingest(self, batch):
            for event in batch:
                moment = event["occurred_at"]
                self.first[event["user_id"]] = min(moment, self.first.get(event["user_id"], moment))

        def summary(self, day):
            users = [user for user, moment in self.first.items() if moment.date() <= day]
            return pd.DataFrame({"user_id": users, "total_purchases_30d": 0, "avg_session_duration_7d": 0,
                                 "last_login_days_ago": 0})

    return Pipeline


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1, -float("inf")])
def test_the_clock_of_the_api_takes_no_odd_wait(seconds):
    api = Api([], Process())
    with pytest.raises(ValueError, match="a finite number from 0 on"):
        api.wait(seconds)
    for fine in (0, 1.5, np.float64(2), np.int64(3)):
        api.wait(fine)


@pytest.mark.parametrize("row", [{"delivery_id": []}, {"delivery_id": {}, "updated_at": []}, {}, 7, None,
                                 {"delivery_id": np.arange(3)}, {"delivery_id": 1, "updated_at": np.arange(3)}])
def test_what_was_stored_is_compared_whatever_it_is(row):
    disk = Disk()
    State(disk, Process()).write({0: row})
    assert amiss(disk, [{"delivery_id": 1, "updated_at": "2025"}])


def test_a_disk_and_its_twin_have_nothing_in_common_but_what_is_on_them():
    disk = Disk()
    State(disk, Process()).write({1: {"delivery_id": 1}})
    twin = disk.twin()
    State(twin, Process()).write({2: {"delivery_id": 2}})
    assert list(disk.rows) == [1] and list(twin.rows) == [1, 2]


@pytest.mark.parametrize("total", [10**400, -(10**400)])
def test_a_faulty_cleaner_raises_nothing_for_a_number_beyond_all_floats(total):
    order = {"order_id": 17, "user_id": 3, "product_id": 5, "quantity": 1, "total": total, "status": "completed",
             "channel": "web", "occurred_at": "2025-03-01T12:00:00+02:00", "received_at": "2025-03-01T10:00:03Z"}
    kept = {area for area, cleaner in FAULTY.items() if cleaner.clean(dict(order)) is not None}
    assert kept == ({"very large totals"} if total > 0 else set())


def test_more_tests_than_are_run_are_told():
    many = {f"test_{number}": lambda clean: None for number in range(51)}
    found = exercises("01_pipeline")["cleaner_tests"].judge(many, [1])
    assert found.score == 0 and "There are 51 functions" in found.findings[0].sentence
    (last,) = exercises("01_pipeline")["clean_payments"].judge(many | {"clean": lambda raw: None}, [1]).findings[-1:]
    assert last.sentence == "Your tests of exercise 2 can't be run: see there."


def test_names_that_no_function_has_are_no_tests():
    names = {7: print, None: print, "test_\nforged: 9 of 9": print, "test_ ": print, "test_fine": lambda clean: None}
    found = exercises("01_pipeline")["cleaner_tests"].answer(names)
    assert [test.name for test in found] == ["test_fine"]
    with pytest.raises(NotAttempted):
        exercises("01_pipeline")["cleaner_tests"].answer({"test_\n": print})


def test_what_a_lent_function_is_given_is_remembered_only_where_it_was_changed():
    def many(change):
        for number in range(1_000):
            change({"number": number, "note": str(number) * 1_000})

    def spoilt(change):
        box, row = {"a": 1}, [1]
        change(box)
        change(row)
        kept.extend((box, row))

    kept, changed = [], []
    Answer("many", many)(lambda box: changed.append(len(box)))
    Answer("spoilt", spoilt)(lambda box: box.clear())
    assert len(changed) == 1_000 and kept == [{"a": 1}, [1]]


def test_a_result_is_described_in_time(monkeypatch):
    monkeypatch.setattr(answers, "DEADLINE", 0.2)

    class Slow(Exception):
        def __str__(self):
            time.sleep(60)
            return "late"

    def slow():
        raise Slow

    began = time.perf_counter()
    with pytest.raises(Exception, match=r"slow raised Slow: \(its message can't be shown\)"):
        Answer("slow", slow)()
    assert time.perf_counter() - began < 30
