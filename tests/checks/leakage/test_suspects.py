"""Exercise suspects: that what is planted in its tables is there, found in another way, and that no AUC is near the
limit."""

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import TargetEncoder

from dataml_lab.checks.leakage.planted import LIMIT, REASONS, tables
from dataml_lab.checks.leakage.suspects import suspects
from tests.catalogued import catalogued

SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 10))]
NEAR = 0.85, 0.95  # no AUC is between these, as the prompt says


def declared(table):
    """By declared column, whether a value arrived at the question or later, in a loop over rows."""
    rows, (asked, written, delay) = table.rows, table.meta.values()
    return {name: any(not pd.isna(row[moment]) and row[moment] + delay[name] >= row[asked]
                      for _, row in rows.iterrows()) for name, moment in written.items()}


def undeclared(table):
    """The names of columns of which nobody said when they were written, without the label and moments."""
    numbers_and_texts = table.rows.drop(columns=table.label).select_dtypes(["number", "str"])
    return [name for name in numbers_and_texts if name not in table.meta["written"]]


def best(one):
    return max(one, 1 - one)


def of_missing(table, name):
    """The AUC of whether a column is missing."""
    return best(roc_auc_score(table.rows[table.label], table.rows[name].isna()))


def of_values(table, name):
    """The AUC of a column by another way than the solutions': cross-fitted means of its levels, and its ranks."""
    column, truth = table.rows[name], table.rows[table.label]
    binned = pd.qcut(column, 12, duplicates="drop") if column.dtype.kind == "f" else column
    level = pd.factorize(binned)[0][:, None]
    cv = StratifiedKFold(5, shuffle=True, random_state=0)
    encoded = TargetEncoder(cv=cv).fit_transform(level, truth)[:, 0]
    return max(roc_auc_score(truth, encoded), best(roc_auc_score(truth, column.rank().fillna(0))))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_planted_is_there(seed):
    for table in tables(seed).all:
        truth = {column.name: column.reason for column in table.columns}
        assert set(truth) == {*declared(table), *undeclared(table)}
        assert {name for name, is_late in declared(table).items() if is_late} == {c.name for c in table.of("late")}
        texts = table.rows.select_dtypes("str").columns
        for name in undeclared(table):
            means = [table.rows.groupby(text)[table.label].transform("mean") for text in texts]
            averages = name not in texts and any(
                (table.rows[name] / of - mean).abs().max() <= 0.001 for mean in means for of in (1, 100))
            assert averages == (truth[name] == "averages"), name
            missing, tells = of_missing(table, name), of_values(table, name)
            assert not any(NEAR[0] < found < NEAR[1] for found in (missing, tells)), (name, missing, tells)
            assert (missing > LIMIT) == (truth[name] == "missing")
            assert (tells > LIMIT) == (truth[name] in ("tells", "missing")), (name, tells)


def facts(table, name):
    """What is so of the moments at which a declared column was written, and arrived."""
    rows, written = table.rows, table.rows[table.meta["written"][name]]
    arrived, asked, gone = written + table.meta["delay"][name], rows[table.meta["asked"]], rows[name].isna()
    found = {"after": written > asked, "on its way": (written < asked) & (arrived > asked), "never": written.isna(),
             "at the moment": arrived == asked, "emptied": (arrived > asked) & gone}
    return frozenset(fact for fact, those in found.items() if those.any())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_world_has_every_case_of_the_prompt(seed):
    world = tables(seed)
    assert {column.reason for table in world.all for column in table.columns} == {"", *REASONS}
    assert not any(column.reason for column in world.honest.columns)
    found = [facts(table, name) for table in world.all for name in table.meta["written"]]
    assert {frozenset(), frozenset({"on its way"}), frozenset({"at the moment"}), frozenset({"never"})} <= set(found)
    assert any("after" in one and "emptied" not in one for one in found) and any("emptied" in one for one in found)
    for table in world.all:
        rows = table.rows
        assert rows.index.is_unique and not rows[table.meta["asked"]].is_monotonic_increasing
        assert len(rows) == 600 and rows[table.label].sum() == 150
        assert any(of_values(table, name) > NEAR[1] for name, is_late in declared(table).items() if not is_late)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_honest_number_correlates_with_mean_labels_and_is_none_of_them(seed):
    table = tables(seed).honest
    numbers, texts = (table.rows.drop(columns=table.label).select_dtypes(kind) for kind in ("number", "str"))
    means = [table.rows.groupby(text)[table.label].transform("mean") for text in texts]
    near = [(number - mean).abs() for _, number in numbers.items() for mean in means if number.corr(mean) > 0.995]
    assert len(near) == 1 and near[0].min() > 0.004 and near[0].max() < 0.02


@pytest.mark.parametrize("name", ["right_halves", "right_tree"])
def test_right_answers_name_what_is_planted(name):
    for seed in range(3):
        for table in tables(seed).all:
            found = catalogued("suspects", name)["suspects"](table.rows, table.label, table.meta)
            assert not table.apart(found)


@pytest.mark.parametrize(("returned", "words"), [
    ([], "where a dict is needed"), ({}, "named no column in any of 3 tables"),
    ({"profit": "late"}, "no column"), ({"asked_at": "leak"}, "where one of")])
def test_what_are_no_reasons_is_told_in_words(returned, words):
    verdict = suspects.judge({"suspects": lambda *given: returned}, [1])
    assert words in verdict.findings[0].sentence and verdict.earned == 0


def test_to_name_a_moment_or_the_label_is_told_in_words():
    verdict = suspects.judge({"suspects": lambda table, label, meta: {"asked_at": "late", label: "tells"}}, [1])
    said = " ".join(finding.sentence for finding in verdict.findings)
    assert "it holds moments, which are never named" in said and "it is the label" in said
