"""`dataml-lab experiment`: reports, refusals and exit codes."""

import json

import pandas as pd
import pytest

from dataml_lab.cli import main


@pytest.fixture
def file(users, tmp_path):
    """The table as a file, without clusters; the function takes a change of it."""
    def written(name="users.csv", change=lambda table: table):
        table, path = change(users.drop(columns="cluster")), tmp_path / name
        table.to_parquet(path) if name.endswith("parquet") else table.to_csv(path, index=False)
        return str(path)
    return written


def test_a_file_becomes_a_report(file, capsys):
    assert main(["experiment", file(), "--metric", "spent", "--metric", "spent/orders", "--guardrail", "errors=0.1",
                 "--lower", "errors"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("ship: spent is ") and "spent / orders  secondary" in out
    assert "errors          guardrail" in out and "CUPED leaves" in out


def test_all_columns_of_numbers_are_metrics_and_text_is_named(file, capsys):
    assert main(["experiment", file("users.parquet", lambda table: table.assign(city="Bern")), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [row["metric"] for row in data["metrics"]] == ["bought", "orders", "errors", "spent"]
    assert data["notes"][-1] == "The column city holds varchar, and is no metric."


def test_looks_and_clusters(file, users, capsys, tmp_path):
    page = tmp_path / "report.html"
    call = ["experiment", file("users.parquet"), "--metric", "spent", "--looks", "daily", "--units", "4000"]
    assert main([*call, "--html", str(page)]) == 0
    assert "Read at the end of day" in capsys.readouterr().out and "Read at the end" in page.read_text("utf-8")
    users.to_parquet(tmp_path / "zones.parquet")
    assert main(["experiment", str(tmp_path / "zones.parquet"), "--metric", "spent"]) == 0
    assert "Units are clusters." in capsys.readouterr().out


def test_a_broken_split_ends_with_1(file, capsys):
    path = file(change=lambda table: table.drop(table.index[table["arm"] == "treatment"][:300]))
    assert main(["experiment", path]) == 1 and capsys.readouterr().out.startswith("invalid: The split is broken")


@pytest.mark.parametrize(("change", "words"), [
    (lambda table: pd.concat([table, table[:1].assign(arm="treatment"), table[:1].assign(arm="control")]),
     "The user 0 is in both arms"),
    (lambda table: table[table["arm"] == "control"], "The other arm is missing."),
    (lambda table: table.assign(arm=table["arm"].where(table["user_id"] > 5)), "arm is missing in 6 of 4,000 rows"),
    (lambda table: table.assign(spent=table["spent"] / (table["user_id"] > 2)), "The metric spent is infinite"),
    (lambda table: table.drop(columns="user_id"), "no column user_id")])
def test_what_can_not_be_read_rightly_is_refused_with_1(file, capsys, change, words):
    assert main(["experiment", file(change=change), "--metric", "spent"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("refused: ") and words in err


@pytest.mark.parametrize(("arguments", "words"), [
    (["none.csv"], "There is no file none.csv."), (["none.xlsx"], "neither a CSV"),
    (["--looks", "daily"], "say how many units"), (["--lower", "nope"], "nope is lower the better, and no metric")])
def test_a_call_that_can_not_be_followed_ends_with_2(file, capsys, arguments, words):
    paths = [] if arguments[0].startswith("none") else [file()]
    assert main(["experiment", *paths, *arguments]) == 2 and words in capsys.readouterr().err


def test_a_margin_needs_a_number(file, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["experiment", file(), "--guardrail", "errors"])
    assert stopped.value.code == 2 and "errors is not NAME=MARGIN" in capsys.readouterr().err
