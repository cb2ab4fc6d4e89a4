"""A delivery stream: what it delivers lands as any other source's data does, whatever came twice on the way."""

from collections import Counter

import pandas as pd
import pytest

from dataml_lab.pipeline import IngestError, RawZone, clean_orders, firehose, firehose_process, load_file, read
from dataml_lab.pipeline.firehose import DeliveryStream, Put
from dataml_lab.store import Store
from tests.conftest import needs

needs_firehose = needs("firehose")


@pytest.fixture(scope="module")
def raw():
    return Store(users=120, days=200, seed=4).raw("orders")


def encoded(lines):
    return [line.encode() for line in lines]


def landed(zone):
    return Counter(line.text for line in zone.lines())


def cleaned(zone):
    """The orders of a zone, and what is refused of it but for repeats, wherever they are in it."""
    kept, refused = clean_orders(read(zone))
    orders = kept.drop(columns=["file", "line"]).sort_values("order_id", ignore_index=True)
    reasons = refused.loc[refused["reason"] != "order: repeated", ["reason", "raw"]].drop_duplicates()
    return orders, reasons.sort_values(["reason", "raw"], ignore_index=True)


# With boto3 and moto


@needs_firehose
def test_the_same_orders_are_found_as_in_a_file_though_records_are_refused_and_come_twice(raw, tmp_path):
    streamed, filed = RawZone(tmp_path / "streamed"), RawZone(tmp_path / "filed")
    load_file(raw.write(tmp_path / "orders.jsonl"), filed)
    half = len(raw.lines) // 2
    with DeliveryStream(refused=0.05, lost=0.3, seed=1) as stream:
        puts = [stream.put(encoded(raw.lines[:half])), stream.put(encoded(raw.lines[half:]))]
        first = stream.land(streamed)
        assert stream.land(streamed) == (0, 0)
    assert sum(put.records for put in puts) == len(raw.lines) and all(put.refused for put in puts)
    assert first == (len(streamed.files()), landed(streamed).total())
    assert landed(filed) < landed(streamed) and set(landed(streamed)) == set(raw.lines)  # some of them twice
    for ours, theirs in zip(cleaned(filed), cleaned(streamed), strict=True):
        pd.testing.assert_frame_equal(ours, theirs)


@needs_firehose
def test_a_stream_that_is_there_already_is_used_as_the_settings_say(monkeypatch, tmp_path):
    zone = RawZone(tmp_path)
    with DeliveryStream("clicks") as there:
        address = there._ask("address")
        monkeypatch.setenv(firehose.STREAM, "clicks")
        settings = {"ENDPOINT_URL": address, "ACCESS_KEY_ID": "lab", "SECRET_ACCESS_KEY": "lab",
                    "DEFAULT_REGION": "us-east-1"}  # fmt: skip
        for name, value in settings.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        with DeliveryStream("ours") as stream:
            assert stream.name == "clicks" and stream.put([b"1", b"2"]) == Put(2, 1, 0)
        assert there.land(zone) == (1, 2) and landed(zone) == Counter("12")
        monkeypatch.setenv(firehose.STREAM, "visits")
        with DeliveryStream() as unknown, pytest.raises(IngestError, match=r"visits: .*not found"):
            unknown.put([b"1"])


@needs_firehose
def test_its_process_ends_with_it(processes):
    with DeliveryStream() as stream:
        assert stream.put([]) == Put(0, 0, 0)
        pid = stream._process.pid
    assert processes.gone(pid)


# Without them


class Aws:
    """Plays the client: refuses the records that it is told to, so many times."""

    def __init__(self, refused):
        self.refused, self.taken, self.requests = Counter(refused), [], []

    def put_record_batch(self, DeliveryStreamName, Records):  # noqa: N803
        self.requests.append(len(Records))
        return {"RequestResponses": [self.answer(record["Data"]) for record in Records]}

    def answer(self, line):
        if self.refused[line]:
            self.refused[line] -= 1
            return {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}
        self.taken.append(line)
        return {"RecordId": "1"}

    def describe_delivery_stream(self, DeliveryStreamName):  # noqa: N803
        place = {"BucketARN": "arn:aws:s3:::raw", "CompressionFormat": "GZIP"}
        return {"DeliveryStreamDescription": {"Destinations": [{"ExtendedS3DestinationDescription": place}]}}


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / "lines"
    path.write_bytes(b"".join(b"%d\n" % number for number in range(1_001)))
    return path


def test_only_what_was_refused_is_sent_again(lines, monkeypatch):
    monkeypatch.setattr(firehose_process, "PAUSE_S", 0)
    aws = Aws({b"3\n": 2, b"7\n": 1, b"1000\n": 1})
    assert firehose_process.put(aws, "orders", lines) == {"records": 1_001, "requests": 6, "refused": 4}
    assert aws.requests == [500, 2, 1, 500, 1, 1]
    assert Counter(aws.taken) == Counter(lines.read_bytes().splitlines(keepends=True))
    with pytest.raises(RuntimeError, match=r"1 records were refused 8 times, such as with 'Slow down\.'"):
        firehose_process.put(Aws({b"3\n": 100}), "orders", lines)


def test_what_cannot_be_read_or_is_missing_is_said(monkeypatch, tmp_path):
    with pytest.raises(RuntimeError, match="orders doesn't deliver to S3 without compression"):
        firehose_process.fetch(Aws({}), None, "orders", str(tmp_path), [])
    with pytest.raises(ValueError, match="shares from 0 to below 1 are needed"):
        DeliveryStream(refused=1)
    monkeypatch.setenv("DATAML_LAB_FIREHOSE", str(tmp_path / "python"))
    with DeliveryStream() as stream, pytest.raises(IngestError, match="no Firehose: `make firehose` installs it"):
        stream.put([b"1"])
