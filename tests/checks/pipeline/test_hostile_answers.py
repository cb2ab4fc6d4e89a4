"""Answers that somebody wrote to break the checks: each gets a verdict in words, and no more points than its due."""

import ast
import re
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from dataml_lab.checks import exercises, part_of
from dataml_lab.checks.exercise import UNJUDGED
from dataml_lab.checks.pipeline.daily_summary import daily_summary

DUE = {"affected_answers_as_asked": 2}  # what is said of late days is due in any case
FOLDER = Path(__file__).parents[2] / "submissions" / "hostile"


@cache
def verdict(name):
    """The verdict on an answer of the corpus, in two worlds, and what it deserves."""
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    said = dict(re.findall(r"(?m)^(exercise|deserves): (\S+)$", ast.get_docstring(ast.parse(source))))
    namespace = {"__name__": "__main__"}
    exec(compile(source, "<cell>", "exec"), namespace)
    exercise = exercises(part_of(said["exercise"]))[said["exercise"]]
    return exercise.judge(namespace, [1, 2]), DUE[name] if name in DUE else float(said["deserves"])


@pytest.mark.parametrize("name", [
    "affected_answers_as_asked", "plan_answers_as_asked", "revenue_by_the_order_of_calls", "worth_it_by_call_number",
    "worth_it_by_the_pair_before", "revenue_empty_failure", "revenue_empty_out_of_time", "revenue_late_judges",
    "revenue_stopped", "class_lies", "clean_payments_class_lies", "fetch_all_unhashable_ids", "fetch_all_waits_nan",
    "fetch_all_pretends_to_crash", "fetch_all_remembers_across_crashes", "fetch_all_arrays_in_rows",
    "cleaner_tests_forged_names", "cleaner_tests_one_huge_total", "cleaner_tests_odd_globals", "summary_of_nothing",
    "summary_kept_for_all", "summary_with_huge_numbers", "summary_with_many_levels", "error_with_a_forged_verdict",
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
