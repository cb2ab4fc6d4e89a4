import io
import sys

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from pyarrow import parquet

from dataml_lab.store import DATASETS, Store, files
from dataml_lab.store.schema import TABLES

SMALL = Store(users=60, days=40, seed=8)
TWO_BLOCKS = Store(users=2_010, days=10, seed=8)


@pytest.mark.parametrize("table", TABLES)
def test_the_dataset_is_what_the_generator_makes(store, table):
    assert_frame_equal(pd.read_parquet(DATASETS / "tables" / f"{table}.parquet"), getattr(store, table))


def test_the_raw_dataset_is_what_the_generator_makes(store):
    plan = pd.read_csv(DATASETS / "raw" / "faults.csv", dtype="str", keep_default_na=False).astype({"line": int})
    for table in files.RAW_TABLES:
        raw = store.raw(table)
        assert (DATASETS / "raw" / f"{table}.jsonl").read_text(encoding="utf-8").split("\n")[:-1] == raw.lines
        planned = plan[plan["table"] == table].drop(columns="table").reset_index(drop=True)
        assert_frame_equal(planned, raw.plan, check_dtype=False)


def test_the_dataset_is_small_and_explained():
    size = sum(file.stat().st_size for file in DATASETS.rglob("*") if file.is_file())
    assert size < 8_000_000
    text = (DATASETS / "README.md").read_text(encoding="utf-8")
    store = SMALL
    for table in TABLES:
        section = text.partition(f"### {table}\n")[2].partition("\n#")[0]
        listed = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
        assert listed == [*getattr(store, table)], table


def test_export_makes_the_folder(tmp_path):
    SMALL.export(tmp_path / "made")
    names = {file.relative_to(tmp_path / "made").as_posix() for file in (tmp_path / "made").rglob("*.*")}
    raw = {f"raw/{table}.jsonl" for table in files.RAW_TABLES} | {"raw/faults.csv"}
    assert names == {f"tables/{table}.parquet" for table in TABLES} | raw


@pytest.mark.parametrize("store", [SMALL, TWO_BLOCKS], ids=["one block", "two blocks"])
def test_streamed_files_are_the_tables(store, tmp_path):
    assert store.to_parquet(tmp_path) == tmp_path
    for table in TABLES:
        assert_frame_equal(pd.read_parquet(tmp_path / f"{table}.parquet"), getattr(store, table))
    blocks = len(store.settings.blocks)
    assert parquet.ParquetFile(tmp_path / "activity.parquet").num_row_groups == blocks


def test_streaming_keeps_no_frames(tmp_path):
    store = Store(users=60, days=40, seed=8)
    store.to_parquet(tmp_path)
    assert "_frames" not in vars(store)


def test_streaming_again_replaces_the_files(tmp_path):
    SMALL.to_parquet(tmp_path)
    TWO_BLOCKS.to_parquet(tmp_path)
    assert len(pd.read_parquet(tmp_path / "users.parquet")) == 2_010
    assert len(list(tmp_path.iterdir())) == len(TABLES)


def test_an_interrupt_leaves_no_half_file(tmp_path, monkeypatch):
    SMALL.to_parquet(tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    (tmp_path / ".part").mkdir()  # of a run that was killed
    write = files.write_table

    def interrupted(writers, folder, name, frame):
        if "activity" in writers:
            raise KeyboardInterrupt
        write(writers, folder, name, frame)

    monkeypatch.setattr(files, "write_table", interrupted)
    with pytest.raises(KeyboardInterrupt):
        TWO_BLOCKS.to_parquet(tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "shows"), [(Terminal, True), (io.StringIO, False)])
def test_progress_is_shown_on_a_terminal_after_two_seconds(monkeypatch, stream, shows):
    now = iter([0.0, 1.0, 4.0, 6.0])
    monkeypatch.setattr(files.time, "monotonic", lambda: next(now))
    monkeypatch.setattr(sys, "stderr", stream())
    with files.progress(3) as done:
        done(1)
        assert sys.stderr.getvalue() == ""
        done(2)
        assert ("block 2 of 3, about 2 s left" in sys.stderr.getvalue()) == shows
        done(3)
    assert sys.stderr.getvalue().endswith("\r\033[K") == shows
