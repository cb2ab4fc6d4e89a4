"""`dataml-lab leakcheck`: labelled programs, places, unreadable files, exit codes, data for programs."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from dataml_lab import cli
from dataml_lab.checks import PARTS
from dataml_lab.grading import COURSE
from dataml_lab.grading.build import solution_path
from dataml_lab.leakage.leakcheck import expressions
from dataml_lab.leakage.leakcheck.report import check
from dataml_lab.leakage.leakcheck.rules import KINDS

CASES = Path(__file__).parent / "leakcheck"


def labelled(folder):
    """The files of a folder, with the kinds of leakage that are in each."""
    with (CASES / folder / "labels.csv").open(encoding="utf-8") as rows:
        return {CASES / folder / row["file"]: set(row["kinds"].split()) for row in csv.DictReader(rows)}


def counts(cases):
    """For each kind how many files are found rightly, found wrongly, and missed."""
    found = Counter()
    for path, kinds in cases.items():
        told = {report.kind for report in check(path).reports}
        found.update((kind, kind in told, kind in kinds) for kind in KINDS)
    return {kind: (found[kind, True, True], found[kind, True, False], found[kind, False, True]) for kind in KINDS}


@pytest.mark.parametrize(("folder", "leaky"), [
    ("tune", (26, 13, 12)), ("held_out", (11, 5, 4)), ("fresh", (17, 7, 12))])
def test_precision_and_recall_are_one_for_each_kind(folder, leaky):
    assert counts(labelled(folder)) == {kind: (number, 0, 0) for kind, number in zip(KINDS, leaky, strict=True)}


@pytest.mark.parametrize("folder", ["tune", "held_out", "fresh"])
def test_each_case_is_labelled(folder):
    assert set(labelled(folder)) == {path for path in (CASES / folder).iterdir() if path.suffix != ".csv"}


def reports(text, tmp_path):
    path = tmp_path / "script.py"
    path.write_text(text, "utf-8")
    return check(path).reports


SPLIT = """
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
df = pd.read_csv("data.csv")
{before}
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="y"), df["y"])
{after}
print(Ridge().fit(X_train, y_train).score(X_test, y_test))
"""


@pytest.mark.parametrize("line", [
    "df[['a', 'b']] = StandardScaler().fit_transform(df[['a', 'b']])",
    "df = df.fillna(df.mean())",
    "df['a'].fillna(df['a'].median(), inplace=True)",
    "df['a'] = df['a'].rank()",
    "df['a'] = df.groupby('b')['a'].transform('mean')",
    "df['a'] = df['b'].map(df.groupby('b')['y'].mean())",
    "df['a'] = df['b'].map(df['b'].value_counts())",
    "df = df.merge(df.groupby('b').agg({'a': 'mean'}).reset_index(), on='b')",
    "df = df.apply(lambda column: (column - column.mean()) / column.std())",
    "df['a'] = pd.cut(df['a'], 5)",
    "df['a'] = (df['a'] - df['a'].min()) / (df['a'].max() - df['a'].min())",
    "for part in [df]:\n    part['a'] = part['a'] / part['a'].max()",
])
def test_what_all_rows_have_told_before_the_split_is_found(line, tmp_path):
    found, = {(report.kind, str(report.place)) for report in reports(SPLIT.format(before=line, after=""), tmp_path)}
    assert found == ("preprocessing", "line 8" if line.startswith("for") else "line 7")


@pytest.mark.parametrize("line", [
    "df = pd.get_dummies(df)",
    "df['a'] = df['a'].fillna(0)",
    "df['a'] = df[['b', 'c']].mean(axis=1)",
    "df['a'] = df['a'].apply(lambda text: max(text, 0))",
    "df['a'] = df.groupby('b')['a'].shift(1)",
    "df['a'] = df['a'].rolling(7).mean()",
    "df['missing'] = df.isnull().sum(axis=1)",
    "df = df[df['a'] < 100].dropna().drop_duplicates()",
    "df['scaled'] = StandardScaler().fit_transform(df[['a']])\ndf = df.drop(columns='scaled')",
    "print(df.mean(), df['a'].quantile(0.9), df.groupby('b')['y'].mean())",
    "pd.plotting.scatter_matrix(StandardScaler().fit_transform(df))",
])
def test_what_a_row_tells_of_itself_is_innocent(line, tmp_path):
    assert not reports(SPLIT.format(before=line, after=""), tmp_path)


def test_a_test_that_is_scaled_by_itself_is_found(tmp_path):
    after = "X_train = StandardScaler().fit_transform(X_train)\nX_test = StandardScaler().fit_transform(X_test)"
    found, = reports(SPLIT.format(before="", after=after), tmp_path)
    assert found.place.line == 10 and "on the test rows" in found.why


def test_a_finding_names_file_cell_line_why_and_mend():
    path = CASES / "held_out" / "loan_imputer.ipynb"
    found, = check(path).reports
    assert str(found) == (f"{path}, cell 3, line 3: preprocessing: SimpleImputer is fitted on rows that hold the test "
                          "rows — divide first, fit it to the training rows, and only transform the test rows")


def notebook(*cells):
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells], "nbformat": 4})


def test_magics_shell_lines_and_cells_of_other_languages_are_left_out(tmp_path):
    path = tmp_path / "a.ipynb"
    magics = "%matplotlib inline\n!pip install x \\\n  --quiet\nfiles = !ls\n%time x = 1"
    others = ["%%bash\nif [ ;", "df?", "for i in [1]:\n    !echo {i}", "pip install y", "print('%d' \\\n      % 3)"]
    path.write_text(notebook(magics, *others), "utf-8")
    assert check(path) == (str(path), [], None, False)


@pytest.mark.parametrize(("name", "text", "error"), [
    ("a.ipynb", notebook("x = 1", "y = 2\nz = ("), "a.ipynb, cell 2, line 2: can't be parsed: '(' was never closed"),
    ("a.ipynb", "no JSON", "a.ipynb: isn't a notebook: no JSON with a list of cells"),
    ("a.py", "x = 1\nprint 2", "a.py, line 2: can't be parsed: Missing parentheses in call to 'print'."),
    ("a.py", None, "a.py: can't be read: No such file or directory"),
])
def test_what_cannot_be_read_is_named_and_the_others_are_read(name, text, error, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if text is not None:
        Path(name).write_text(text, "utf-8")
    leaky = str(CASES / "tune" / "zscore_all.py")
    assert cli.main(["leakcheck", name, leaky]) == 2
    out, err = capsys.readouterr()
    assert err.startswith(error) and out.startswith(f"{leaky}, line 8: preprocessing: ")
    assert [line.split()[1:] for line in out.splitlines()[-3:]] == [[*KINDS], ["?"] * 3, ["1", "0", "0"]]


def test_bytes_that_are_no_text_are_named(tmp_path):
    (tmp_path / "a.py").write_bytes(b"\xff\xfe\x00")
    assert check(tmp_path / "a.py").error == f"{tmp_path / 'a.py'}: can't be read: it isn't text in UTF-8"


@pytest.mark.parametrize(("name", "code"), [("log_rowwise.py", 0), ("three_kinds.ipynb", 1)])
def test_exit_code_and_data_for_programs(name, code, capsys):
    path = CASES / "tune" / name
    assert cli.main(["leakcheck", "--json", str(path)]) == code
    found, = json.loads(capsys.readouterr().out)
    assert found["file"] == str(path) and found["error"] is None
    assert [(one["kind"], one["cell"], one["line"]) for one in found["findings"]] == code * [
        ("preprocessing", 2, 1), ("overlap", 2, 2), ("multi-test", 3, 4)]


def test_functions_that_call_themselves_and_endless_programs_come_to_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr(expressions, "STEPS", 5_000)
    path = tmp_path / "deep.py"
    path.write_text("def f(x):\n    return f(f(x)) + g(x)\ndef g(x):\n    return f(x)\nf(1)\n"
                    + "".join(f"{'  ' * depth}for i{depth} in range(9):\n" for depth in range(18)) + "  " * 18 + "f(1)")
    assert check(path).cut_short


def test_of_this_course_it_reports_what_lessons_plant_and_comparisons_that_choose_nothing():
    """04c and 06b plant a leak. The others measure several models on one test to compare them, and take none."""
    found = Counter((part, one.kind) for part in PARTS for one in check(solution_path(COURSE, part)).reports)
    assert found == {("04c_choosing", "preprocessing"): 1, ("06b_contamination", "preprocessing"): 1,
                     ("03b_good_features", "multi-test"): 1, ("04d_networks", "multi-test"): 1,
                     ("05c_thresholds", "multi-test"): 2}
