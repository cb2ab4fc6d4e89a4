import errno
import json
import os
import signal
import subprocess
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.pipeline import IngestError, Pulled, RawZone, load_file, pull, read
from dataml_lab.pipeline.ingest import Checkpoint, show_progress


def contents(zone):
    return {path.name: path.read_bytes() for path in zone.folder.iterdir()}


def landed(zone):
    return [json.loads(line.text) for line in zone.lines()]


# the zone


def test_landing_a_name_twice_leaves_one_file(tmp_path):
    zone = RawZone(tmp_path)
    for _ in range(2):
        zone.land("a.jsonl", [b"1\n", b"2\n"])
    assert contents(zone) == {"a.jsonl": b"1\n2\n"}


def test_lines_know_where_they_come_from(tmp_path):
    zone = RawZone(tmp_path)
    zone.land("b.jsonl", [b"3"])
    zone.land("a.jsonl", [b"1\r\n", b"\n"])
    assert list(zone.lines()) == [("a.jsonl", 1, "1"), ("a.jsonl", 2, ""), ("b.jsonl", 1, "3")]


def test_a_line_break_inside_a_string_is_no_new_line(tmp_path):
    zone = RawZone(tmp_path)
    zone.land("a.jsonl", ['{"name": "one\u2028line"}\n'.encode()])
    assert len(read(zone).records) == 1


def test_what_is_half_written_is_not_read(tmp_path):
    (tmp_path / ".a.jsonl.tmp").write_text("{")
    assert read(RawZone(tmp_path)).received == 0


def test_the_checkpoint_starts_fresh_and_is_kept(tmp_path):
    assert RawZone(tmp_path).checkpoint == Checkpoint(None, 0)
    RawZone(tmp_path).save(Checkpoint("abc", 3))
    assert RawZone(tmp_path).checkpoint == Checkpoint("abc", 3)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"page": 1}', "\xff"])
def test_a_broken_checkpoint_is_named(tmp_path, text):
    (tmp_path / "checkpoint.json").write_text(text, encoding="latin-1")
    with pytest.raises(IngestError, match=r"checkpoint\.json: not a checkpoint; delete it"):
        _ = RawZone(tmp_path).checkpoint


# files


def test_a_file_is_copied_as_it_is(tmp_path):
    source = tmp_path / "orders.jsonl"
    source.write_bytes(b'{"a": 1}\n{"b"\n\xff')
    zone = RawZone(tmp_path / "zone")
    for _ in range(2):
        load_file(source, zone)
    assert contents(zone) == {"orders.jsonl": source.read_bytes()}


def test_files_that_differ_in_their_ending_stay_apart(tmp_path):
    zone = RawZone(tmp_path / "zone")
    for name in ("orders.json", "orders.jsonl", "orders"):
        (tmp_path / name).write_text("{}")
    names = {load_file(tmp_path / name, zone).name for name in ("orders.json", "orders.jsonl")}
    assert names == {"orders.json.jsonl", "orders.jsonl"}


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(IngestError, match=r"nowhere\.jsonl: no such file or folder: check the path"):
        load_file(tmp_path / "nowhere.jsonl", RawZone(tmp_path))


# reading


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"order_id": 1, "tot', "line: not JSON"),
        (b"", "line: not JSON"),
        (b"[" * 100_000, "line: not JSON"),
        (b"9" * 5_000, "line: not JSON"),
        (b"[1, 2]", "line: not an object"),
        (b'"text"', "line: not an object"),
        (b"null", "line: not an object"),
        (b'{"name": "caf\xe9"}', "line: not UTF-8"),
        (b'{"name": "\\\xe9"}', "line: not UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "line: not UTF-8"),
        (b'{"unreadable": "{\\"order_id\\": 1, \\"tot"}', "line: unreadable at the source"),
    ],
)
def test_what_is_no_object_is_quarantined_with_its_place(tmp_path, line, reason):
    zone = RawZone(tmp_path)
    zone.land("a.jsonl", [b'{"order_id": 1}\n', line + b"\n"])
    batch = read(zone)
    (refused,) = batch.quarantine
    assert (refused.file, refused.line, refused.reason) == ("a.jsonl", 2, reason)
    assert refused.raw == line.decode("utf-8", "surrogateescape").encode("utf-8", "backslashreplace").decode()
    assert batch.records == [("a.jsonl", 1, '{"order_id": 1}', {"order_id": 1})]


def test_a_byte_order_mark_is_no_fault(tmp_path):
    zone = RawZone(tmp_path)
    zone.land("a.jsonl", [b'\xef\xbb\xbf{"order_id": 1}\n'])
    assert read(zone).records[0].data == {"order_id": 1}


@settings(deadline=None, max_examples=60)
@given(st.lists(st.binary().map(lambda line: line.replace(b"\n", b" "))))
def test_every_line_is_a_record_or_in_quarantine(tmp_path_factory, lines):
    zone = RawZone(tmp_path_factory.mktemp("zone"))
    zone.land("a.jsonl", [line + b"\n" for line in lines])
    batch = read(zone)
    assert batch.received == len(lines)
    json.dumps(batch.quarantine).encode("utf-8")


# pulling


def test_a_pull_lands_every_record_once(tmp_path, shop, raw):
    api, zone = shop([raw(order_id=n) for n in range(23)]), RawZone(tmp_path)
    assert pull(api.url, zone, limit=5) == Pulled(5, 23, 0, 0.0)
    assert landed(zone) == api.records
    assert [sorted(query) for query in api.requests] == [["limit"]] + [["cursor", "limit"]] * 5


def test_a_second_pull_fetches_only_what_is_new(tmp_path, shop, raw):
    api, zone = shop([raw(order_id=n) for n in range(7)]), RawZone(tmp_path)
    pull(api.url, zone, limit=5)
    assert pull(api.url, zone, limit=5) == Pulled()
    api.records += [raw(order_id=n) for n in range(7, 9)]
    assert pull(api.url, zone, limit=5).rows == 2
    assert landed(zone) == api.records


def test_an_empty_shop_is_no_failure(tmp_path, shop):
    assert pull(shop([]).url, RawZone(tmp_path)) == Pulled()


def test_records_land_as_they_were_sent(tmp_path, shop):
    odd = [{"unreadable": "{\u2028"}, {"x": "\ud800"}, {"total": "42.50", "nested": {"a": [1.0, None]}}, 5]
    zone = RawZone(tmp_path)
    pull(shop(odd).url, zone)
    assert landed(zone) == odd


BROKEN = [
    (500, {}, b"oops"),
    (503, {}, b""),
    (429, {"Retry-After": "0"}, b""),
    (429, {"Retry-After": "soon"}, b""),
    (429, {}, b""),
    (200, {"Content-Length": "999"}, b'{"data": ['),
    (200, {}, b"<html>"),
    (200, {}, b"[]"),
    (200, {}, b'{"data": null, "next_cursor": "1"}'),
    (200, {}, b'{"data": []}'),
    (200, {}, b'{"data": [{}], "next_cursor": null}'),
]


@pytest.mark.parametrize("answer", BROKEN)
def test_a_failure_that_passes_is_tried_again(tmp_path, shop, raw, no_waiting, answer):
    api, zone = shop([raw()]), RawZone(tmp_path)
    api.answers = [answer, answer]
    pulled = pull(api.url, zone)
    assert (pulled.rows, pulled.retries) == (1, 2)
    assert landed(zone) == api.records


def test_retry_after_is_honoured_within_reason(tmp_path, shop, monkeypatch):
    waits = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waits.append)
    api = shop([])
    api.answers = [(429, {"Retry-After": seconds}, b"") for seconds in ("7", "0", "86400")]
    assert pull(api.url, RawZone(tmp_path)) == Pulled(0, 0, 3, 37.0)
    assert waits == [7, 0, 30]


def test_a_dead_api_is_named_and_a_rerun_continues(tmp_path, shop, raw, no_waiting):
    api, zone = shop([raw(order_id=n) for n in range(9)]), RawZone(tmp_path)
    api.on_request = lambda n: api.answers.extend([(500, {}, b"oops")] * 6) if n == 3 else None
    with pytest.raises(IngestError) as caught:
        pull(api.url, zone, limit=4)
    for words in (api.url, "tries made: 6", "500 Internal Server Error", "continue after page 2"):
        assert words in str(caught.value)
    assert pull(api.url, zone, limit=4).rows == 1
    assert landed(zone) == api.records


def test_nobody_listening(tmp_path, no_waiting):
    with pytest.raises(IngestError, match="tries made: 6, the last ended in ConnectError"):
        pull("http://127.0.0.1:1", RawZone(tmp_path))


@pytest.mark.parametrize("url", ["localhost:80", "http://:x", "ftp://127.0.0.1"])
def test_a_wrong_address_is_not_tried_again(tmp_path, url):
    with pytest.raises(IngestError, match="tries made: 1"):
        pull(url, RawZone(tmp_path))


def test_a_refusal_is_not_tried_again(tmp_path, shop):
    api = shop([])
    api.answers = [(404, {}, b"gone")]
    with pytest.raises(IngestError, match=r"tries made: 1, .*404 Not Found"):
        pull(api.url, RawZone(tmp_path))


def test_a_cursor_that_stands_still_is_an_error(tmp_path, shop, raw, no_waiting):
    api, zone = shop([raw()]), RawZone(tmp_path)
    zone.save(Checkpoint("7", 1))
    api.answers = [(200, {}, b'{"data": [{}], "next_cursor": "7"}')] * 6
    with pytest.raises(IngestError, match="the cursor '7' doesn't move on"):
        pull(api.url, zone)


def test_a_proxy_is_not_asked_for_this_machine(tmp_path, shop, raw, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert pull(shop([raw()]).url, RawZone(tmp_path)).rows == 1


def test_progress_is_for_terminals_and_long_pulls(terminal, capsys, monkeypatch):
    show_progress(Pulled(3, 700), 5.0)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr", terminal)
    show_progress(Pulled(2, 500), 1.0)
    show_progress(Pulled(3, 1700), 5.0)
    assert terminal.getvalue() == "pulled 3 pages, 1,700 rows\r"


# crashes


def test_a_crash_at_any_step_of_a_pull_is_healed_by_a_rerun(tmp_path, shop, raw, fused, steps):
    api = shop([raw(order_id=n) for n in range(7)])
    undisturbed = RawZone(tmp_path / "undisturbed")
    pull(api.url, undisturbed, limit=3)
    for n in steps:
        zone = RawZone(tmp_path / str(n))
        with fused(n) as fuse:
            pull(api.url, zone, limit=3)
        pull(api.url, zone, limit=3)
        assert contents(zone) == contents(undisturbed), f"after a crash at step {n}"
        if not fuse.blew:
            break
    assert n > 25


def test_a_killed_pull_is_healed_by_a_rerun(tmp_path, shop, raw):
    api = shop([raw(order_id=n) for n in range(50)])
    reached, released = threading.Event(), threading.Event()
    api.on_request = lambda n: (reached.set(), released.wait(30)) if n == 4 else None
    code = f"from dataml_lab.pipeline import RawZone, pull; pull({api.url!r}, RawZone({str(tmp_path)!r}), 5)"
    child = subprocess.Popen([sys.executable, "-c", code])
    assert reached.wait(30)
    child.kill()
    assert child.wait(30) in (-getattr(signal, "SIGKILL", 0), 1)
    released.set()
    zone = RawZone(tmp_path)
    assert zone.checkpoint.pages == 3
    assert pull(api.url, zone, limit=5).pages == 7
    assert landed(zone) == api.records


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only"), (errno.EACCES, "permission denied")],
)
def test_storage_that_fails_is_named_and_a_rerun_continues(tmp_path, shop, raw, fused, code, words):
    api, zone = shop([raw(order_id=n) for n in range(7)]), RawZone(tmp_path)
    with (
        fused(13, OSError(code, os.strerror(code))),
        pytest.raises(IngestError, match=rf"page-000002\.jsonl: .*{words}"),
    ):
        pull(api.url, zone, limit=3)
    assert not list(tmp_path.glob(".*"))
    pull(api.url, zone, limit=3)
    assert landed(zone) == api.records


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_refuses_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(IngestError, match="permission denied"):
        RawZone(tmp_path / "zone")
