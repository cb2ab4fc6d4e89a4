"""`dataml-lab drift`: tables of files that know nothing of the Store, errors that name the file, exit codes."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from dataml_lab import cli
from dataml_lab.drift import Profile, files
from dataml_lab.drift.files import read

RANDOM = np.random.default_rng(3)
BEES = pd.DataFrame({"weight (mg)": RANDOM.normal(110, 12, 2_000), "species": RANDOM.choice(["apis", "bombus"], 2_000),
                     "hive": np.arange(2_000) // 10, "seen": pd.date_range("2025-03-03", periods=2_000, freq="20min")})
HEAVY = BEES[:500].assign(**{"weight (mg)": BEES["weight (mg)"][:500] * 1.3})


@pytest.fixture()
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, table in {"then": BEES, "same": BEES[1_000:], "heavy": HEAVY}.items():
        table.to_csv(f"{name}.csv", index=False)
        table.to_parquet(f"{name}.parquet")
    return tmp_path


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_exit_code_says_whether_something_drifts(folder, kind, capsys):
    assert cli.main(["drift", f"then.{kind}", f"same.{kind}", "--group", "hive"]) == 0
    assert capsys.readouterr().out.startswith("Nothing was found.")
    assert cli.main(["drift", f"then.{kind}", f"heavy.{kind}"]) == 1
    assert capsys.readouterr().out.startswith("drift   weight (mg): distribution. The median is 14")


def test_the_report_is_a_page_and_data(folder, capsys):
    assert cli.main(["drift", "then.csv", "heavy.csv", "--html", "out.html", "--json"]) == 1
    page, found = (folder / "out.html").read_text(), json.loads(capsys.readouterr().out)
    assert "<h1>From then.csv to heavy.csv</h1>" in page and "src=" not in page and "weight (mg)" in page
    assert found["findings"][0]["grade"] == "drift" and {row["column"] for row in found["measures"]} == set(BEES)


def test_a_kept_profile_stands_for_the_reference(folder, capsys):
    cli.main(["drift", "then.parquet", "heavy.parquet", "--keep", "then.json"])
    told = capsys.readouterr().out
    assert cli.main(["drift", "then.json", "heavy.parquet"]) == 1
    assert capsys.readouterr().out.splitlines()[0] == told.splitlines()[0]
    assert (folder / "then.json").stat().st_size < 60_000 * len(BEES.columns)


def test_a_large_parquet_file_is_profiled_where_it_is(folder, capsys, monkeypatch):
    cli.main(["drift", "then.parquet", "heavy.parquet"])
    told = capsys.readouterr().out
    monkeypatch.setattr(files, "LARGE", 1_000)
    assert isinstance(read(folder / "then.parquet"), Profile)
    assert cli.main(["drift", "then.parquet", "heavy.parquet", "--keep", "then.json"]) == 1
    assert capsys.readouterr().out == told
    assert (folder / "then.json").read_text() == Profile.of(BEES).to_json()
    assert cli.main(["drift", "then.parquet", "heavy.parquet", "--group", "hive"]) == 2
    assert "a profile of a file of 0 MB or more has no rows to make windows of" in capsys.readouterr().err


def test_days_are_compared_with_their_weekday(folder, capsys):
    days = BEES.assign(seen=pd.date_range("2025-03-03", periods=2_000, freq="15min"))
    days[days["seen"] < "2025-03-23"].to_csv("days.csv", index=False)
    days[days["seen"].between("2025-03-23", "2025-03-23 23:59")].to_csv("day.csv", index=False)
    assert cli.main(["drift", "days.csv", "day.csv", "--day", "seen"]) in (0, 1)
    assert "hive" in capsys.readouterr().out  # it rises from day to day
    assert cli.main(["drift", "days.csv", "days.csv", "--day", "seen"]) == 2
    assert "which is longer than a window of a day" in capsys.readouterr().err


BROKEN = {"empty.csv": ("", "empty.csv: the file is empty"), "names.csv": ("a,b\n", "names.csv: the file has no rows"),
          "ragged.csv": ("a,b\n1,2\n1,2,3\n", "ragged.csv: it can't be read: .*line 3"),
          "bytes.csv": (b"a,b\n\xff,1\n", "bytes.csv: it can't be read"),
          "table.txt": ("a\n1\n", "where .csv, .parquet"),
          "no.parquet": ("a\n1\n", "no.parquet: it can't be read"), "no.json": ("{}", "no profile that"),
          "other.csv": ("a,b\n1,2\n", "no column in common"), "gone.csv": (None, "gone.csv: there is no such file")}


@pytest.mark.parametrize("name", BROKEN)
def test_files_that_cannot_be_compared_end_with_2_and_a_sentence(folder, name, capsys):
    text, words = BROKEN[name]
    if text is not None:
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    assert cli.main(["drift", "then.csv", name]) == 2
    told = capsys.readouterr()
    assert not told.out and len(told.err.splitlines()) == 1
    assert re.search(words, told.err)


def test_windows_need_the_table_and_its_column(folder, capsys):
    (folder / "then.json").write_text(Profile.of(BEES).to_json())
    assert cli.main(["drift", "then.json", "heavy.csv", "--week", "seen"]) == 2
    assert "a profile has no rows to make windows of" in capsys.readouterr().err
    assert cli.main(["drift", "then.csv", "heavy.csv", "--group", "queen"]) == 2
    assert "there is no column 'queen'" in capsys.readouterr().err


def test_mixed_types_are_a_finding(folder, capsys):
    mixed = HEAVY.astype({"weight (mg)": object})
    mixed.loc[3, "weight (mg)"] = "heavy"
    mixed.to_csv("mixed.csv", index=False)
    assert isinstance(read(folder / "mixed.csv"), pd.DataFrame)
    assert cli.main(["drift", "then.csv", "mixed.csv"]) == 1
    assert ("weight (mg): type. It is of numbers in the reference, and of text now; rows that hold no number: 1, "
            "such as 'heavy'") in capsys.readouterr().out
