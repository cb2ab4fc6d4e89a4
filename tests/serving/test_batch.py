"""A folder of scores is the same after any number of kills, changes and reruns as after one undisturbed run."""

import errno
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dataml_lab.pipeline import durable
from dataml_lab.serving import Model, SchemaError, batch, save
from dataml_lab.serving.batch import BatchError, Done, alone, score_folder
from tests.serving.worlds import PARTS, boosted, payments, pipeline, schema


class Doubled:
    """A model that is there at once."""

    def predict(self, table):
        return 2 * table["amount"].to_numpy()


PLAIN = Model("fraud", 3, schema(), {}, "checksum", Doubled())


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return save(tmp_path_factory.mktemp("models") / "fraud", pipeline(), schema(), "fraud", 3)


def run(model, source, target):
    return score_folder(model, source, target, ["order_id"], rows=40)


def held(folder):
    """The bytes of each file of a folder but the lock."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*")
            if path.is_file() and path.name != batch.LOCK}


@pytest.fixture
def undisturbed(model, source, tmp_path):
    """What one run makes."""
    run(model, source, tmp_path / "undisturbed")
    return held(tmp_path / "undisturbed")


def test_each_row_once_in_its_place_as_one_row_is_scored(model, source, tmp_path):
    assert run(model, source, tmp_path / "scores") == Done(3, 3, 180, 180 - scored_rows(source))
    for name in PARTS:
        rows, found = pd.read_parquet(source / name), pd.read_parquet(tmp_path / "scores" / name)
        assert list(found) == ["order_id", "score", "problem", "model", "version"]
        assert found["order_id"].tolist() == rows["order_id"].tolist()
        for row, score, problem in zip(rows.to_dict("records")[::4], found["score"][::4], found["problem"][::4],
                                       strict=True):
            asked = {name: row[name] for name in model.schema.names}
            if isinstance(problem, str):
                assert np.isnan(score)
                with pytest.raises(SchemaError) as refused:
                    model.score([asked])
                assert problem == str(refused.value)
            else:
                assert score == pytest.approx(model.score([asked])[0], rel=1e-12)


def scored_rows(source):
    """How many rows can be scored."""
    return int((pd.read_parquet(source)["amount"] >= 0).sum())


def test_an_engine_reads_the_scores(model, source, tmp_path):
    import duckdb

    run(model, source, tmp_path / "scores")
    found = duckdb.sql(f"SELECT count(*), count(DISTINCT order_id), count(score), count(problem) "
                       f"FROM '{tmp_path}/scores/**/*.parquet'").fetchone()
    assert found == (180, 180, scored_rows(source), 180 - scored_rows(source))


# Kills

# A process with one thread: what is forked has no locks that other threads hold.
KILLED = """
import sys
from pathlib import Path
from dataml_lab.pipeline import durable
from dataml_lab.serving import batch, rows
from tests.serving.kills import killed_at
from tests.serving.test_batch import PLAIN, run

source, targets, every, step = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), 1
while killed_at(step, lambda: run(PLAIN, source, targets / str(step)),
                (batch.__file__, rows.__file__, durable.__file__)):
    step += every
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process can't be forked here")
@pytest.mark.parametrize("every", [131, pytest.param(3, marks=pytest.mark.full)])
def test_a_run_that_is_killed_at_a_line_is_resumed(source, tmp_path, every):
    targets = tmp_path / "killed"
    run(PLAIN, source, tmp_path / "undisturbed")
    undisturbed = held(tmp_path / "undisturbed")
    command = [sys.executable, "-c", KILLED, source, targets, str(every)]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2])
    left = []
    for target in sorted(targets.iterdir(), key=lambda target: int(target.name)):
        whole = {name: content for name, content in held(target).items() if name.endswith(".parquet")}
        assert whole.items() <= undisturbed.items()
        left.append(run(PLAIN, source, target).fresh)
        assert left[-1] == len(PARTS) - len(whole)
        assert held(target) == undisturbed
    assert left == sorted(left, reverse=True)
    assert {*left} == {0, 1, 2, 3}


def test_two_runs_at_once_do_not_meet(model, source, undisturbed, tmp_path):
    target = tmp_path / "undisturbed"
    with alone(target), pytest.raises(BatchError, match="undisturbed: another run is at work there: wait"):
        run(model, source, target)
    assert run(model, source, target).fresh == 0


def test_a_folder_where_no_lock_can_be_is_told(model, source, tmp_path):
    (tmp_path / "scores" / batch.LOCK).mkdir(parents=True)
    with pytest.raises(BatchError, match=r"scores/.lock: unable to open database file: is its folder there"):
        run(model, source, tmp_path / "scores")


# Changes


def test_a_rerun_scores_what_has_changed(model, source, undisturbed, tmp_path):
    target = tmp_path / "undisturbed"
    changed = pd.read_parquet(source / PARTS[1]).assign(items=2)
    changed.to_parquet(source / PARTS[1], index=False)
    assert run(model, source, target).fresh == 1
    assert {name for name, content in held(target).items() if undisturbed[name] != content} == {PARTS[1]}
    newer = save(tmp_path / "newer", boosted("sklearn"), schema(), "fraud", 4)
    assert run(newer, source, target).fresh == 3
    assert score_folder(newer, source, target, ["order_id", "note"]).fresh == 3
    run(newer, source, tmp_path / "afresh")
    run(newer, source, target)
    assert held(target) == held(tmp_path / "afresh")


def test_scores_of_a_file_that_is_gone_go_too(model, source, undisturbed, tmp_path):
    target = tmp_path / "undisturbed"
    (target / "day=1/.b.parquet.tmp").write_bytes(b"of a killed run")
    (source / PARTS[0]).unlink()
    assert run(model, source, target) == Done(2, 0, 120, sum(note(target / name)["refused"] for name in PARTS[1:]))
    assert held(target) == {name: undisturbed[name] for name in PARTS[1:]}


def note(path):
    return batch.note_of(path)


def test_damaged_scores_are_made_again(model, source, undisturbed, tmp_path):
    target = tmp_path / "undisturbed"
    (target / PARTS[0]).write_bytes(undisturbed[PARTS[0]][:-1])
    (target / PARTS[1]).write_bytes(b"")
    assert run(model, source, target).fresh == 2
    assert held(target) == undisturbed


def test_what_is_not_finished_is_no_part_of_the_source(model, source, undisturbed, tmp_path):
    for name in ("_temporary/a.parquet", ".hidden.parquet"):
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_bytes(b"half a file")
    assert run(model, source, tmp_path / "undisturbed").fresh == 0


# What can't be done is said in words, and the files that were whole are so still


def test_a_foreign_file_in_the_target_is_left_alone(model, source, undisturbed, tmp_path):
    mine = tmp_path / "undisturbed" / "mine.parquet"
    pd.DataFrame({"x": [1]}).to_parquet(mine)
    with pytest.raises(BatchError, match=r"undisturbed/mine.parquet: no run made this file: take it away"):
        run(model, source, tmp_path / "undisturbed")
    assert mine.exists()


@pytest.mark.parametrize("cut", [0, 100, -1])
def test_a_file_that_can_not_be_read_is_named(model, source, tmp_path, cut):
    path = source / PARTS[1]
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    with pytest.raises(BatchError, match=f"{PARTS[1]}: it can't be read: "):
        run(model, source, tmp_path / "scores")
    assert list(held(tmp_path / "scores")) == [PARTS[0]]
    path.write_bytes(whole)
    assert run(model, source, tmp_path / "scores").fresh == 2


def test_a_missing_column_is_named(model, source, tmp_path):
    pd.read_parquet(source / PARTS[0]).drop(columns="zone").to_parquet(source / PARTS[0])
    with pytest.raises(BatchError, match=r"day=1/a.parquet: there is no column zone, only amount, items"):
        run(model, source, tmp_path / "scores")
    with pytest.raises(BatchError, match=r"day=1/a.parquet: there is no column user_id, zone, only"):
        score_folder(model, source, tmp_path / "scores", ["user_id"])


def test_a_full_disk_is_told_and_survived(model, source, undisturbed, tmp_path, monkeypatch):
    def full(path):
        if path.name == ".b.parquet.tmp":
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(durable, "sync_file", full)
        with pytest.raises(BatchError, match=r"day=2/b.parquet: the disk is full: free some space, then run again"):
            run(model, source, tmp_path / "scores")
    assert held(tmp_path / "scores") == {name: undisturbed[name] for name in PARTS[:2]}
    assert run(model, source, tmp_path / "scores").fresh == 1
    assert held(tmp_path / "scores") == undisturbed


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_arrow_that_can_not_write_is_told(model, source, tmp_path):
    (tmp_path / "scores/day=1").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "replacing", lambda path: durable.storage_errors(OSError, path))
        patch.setattr(batch.parquet, "ParquetWriter", lambda new, schema, made=batch.parquet.ParquetWriter: made(
            "/dev/full", schema))
        with pytest.raises(BatchError, match=r"day=1/a.parquet: the disk is full"):
            run(model, source, tmp_path / "scores")


def test_a_model_that_always_fails_ends_the_run(model, source, tmp_path, monkeypatch):
    monkeypatch.setattr("dataml_lab.serving.rows.FAILING", 5)
    broken = replace(model, estimator=None)
    with pytest.raises(BatchError, match=r"day=1/a.parquet: the model fails on many rows: AttributeError"):
        run(broken, source, tmp_path / "scores")


@pytest.mark.parametrize(("target", "keep", "problem"), [
    ("payments/scores", ["order_id"], "one is in the other"), (".", ["order_id"], "one is in the other"),
    ("scores", "order_id", r"a list of columns is needed: \['order_id'\]"),
    ("scores", ["score"], "the scores have a column 'score' of their own")])
def test_what_can_not_be_asked(model, source, tmp_path, target, keep, problem):
    with pytest.raises(ValueError, match=problem):
        score_folder(model, source, tmp_path / target, keep)


def test_a_folder_without_files_is_told(model, tmp_path):
    with pytest.raises(BatchError, match="none: there is no Parquet file in it"):
        score_folder(model, tmp_path / "none", tmp_path / "scores", [])


# Memory

MEASURED = """
import re, sys
from dataml_lab.serving import load
from dataml_lab.serving.batch import score_folder
score_folder(load(sys.argv[1]), sys.argv[2], sys.argv[3], ["order_id"], rows=20_000)
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)  # MB, of this program alone
"""


@pytest.mark.full
@pytest.mark.skipif(sys.platform != "linux", reason="memory is told so by Linux alone")
def test_memory_does_not_grow_with_the_rows(tmp_path):
    save(tmp_path / "model", boosted("sklearn"), schema(), "fraud")
    peaks = {}
    for rows in (200_000, 1_200_000):
        table = pd.concat([payments()] * (rows // len(payments())), ignore_index=True)
        table = table.assign(order_id=range(rows), amount=np.random.default_rng(1).random(rows))
        folder = tmp_path / str(rows)
        folder.mkdir()
        table.to_parquet(folder / "one.parquet", row_group_size=rows)
        command = [sys.executable, "-c", MEASURED, tmp_path / "model", folder, tmp_path / f"scores {rows}"]
        peaks[rows] = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert peaks[1_200_000] < peaks[200_000] + 40  # MB; what is read and written is more than 60
