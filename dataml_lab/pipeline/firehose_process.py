"""Firehose's clients, and moto, in a Python of its own: the program of the process that a `DeliveryStream` talks to.

There this package is not: the program needs boto3, moto and the standard library, and nothing else.
"""

import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

BATCH = 500  # records that a request may hold
BATCH_BYTES = 4 * 2**20
TRIES = 8
PAUSE_S = 0.05  # before the second try; it doubles with each
KEYS = {"aws_access_key_id": "lab", "aws_secret_access_key": "lab", "region_name": "us-east-1"}  # moto takes any
BUCKET = "raw"


def put(firehose: Any, stream: str, path: str) -> dict[str, int]:
    """Puts each line of a file into a stream as a record, its line break included; how often that took what.

    RuntimeError if records are refused TRIES times.
    """
    counts = {"records": 0, "requests": 0, "refused": 0}
    with Path(path).open("rb") as lines:
        for batch in batches(lines):
            counts["records"] += len(batch)
            for left in attempts(firehose, stream, batch):
                counts["requests"] += 1
                counts["refused"] += left
    return counts


def attempts(firehose: Any, stream: str, batch: list[bytes]) -> Iterator[int]:
    """Puts a batch, then what was refused of it, until all is taken; yields how many each request left."""
    for number in range(TRIES):
        records = [{"Data": line} for line in batch]
        told = firehose.put_record_batch(DeliveryStreamName=stream, Records=records)["RequestResponses"]
        refused = [answer for answer in told if "ErrorCode" in answer]
        batch = [line for line, answer in zip(batch, told, strict=True) if "ErrorCode" in answer]
        yield len(batch)
        if not batch:
            return
        time.sleep(PAUSE_S * 2**number)
    raise RuntimeError(f"{len(batch)} records were refused {TRIES} times, such as with {refused[0]['ErrorMessage']!r}")


def batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The lines in batches as large as a request may be.

    >>> [len(batch) for batch in batches([b"x"] * 1_001)], [len(batch) for batch in batches([b"x" * 2**20] * 5)]
    ([500, 500, 1], [4, 1])
    """
    batch, size = [], 0
    for line in lines:
        if batch and (len(batch) == BATCH or size + len(line) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


def fetch(firehose: Any, s3: Any, stream: str, folder: str, known: list[str]) -> list[str]:
    """Writes the objects that the stream has delivered, but those known, to a folder; their names."""
    place = destination(firehose, stream)
    bucket, names = place["BucketARN"].rpartition(":")[2], []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=place.get("Prefix", "")):
        for key in [found["Key"] for found in page.get("Contents", [])]:
            name = key.rpartition("/")[2]
            if name.startswith(f"{stream}-") and name not in known:
                s3.download_file(bucket, key, str(Path(folder, name)))
                names.append(name)
    return names


def destination(firehose: Any, stream: str) -> dict[str, Any]:
    """Where the stream delivers; RuntimeError if that isn't S3, or is compressed."""
    described = firehose.describe_delivery_stream(DeliveryStreamName=stream)["DeliveryStreamDescription"]
    place = described["Destinations"][0].get("ExtendedS3DestinationDescription")
    if place is None or place.get("CompressionFormat", "UNCOMPRESSED") != "UNCOMPRESSED":
        raise RuntimeError(f"{stream} doesn't deliver to S3 without compression: name a stream that does")
    return place


@contextmanager
def moto(stream: str, refused: float, lost: float, seed: int) -> Iterator[str]:
    """A server that plays Firehose, with such a stream, and S3; its address."""
    from moto.firehose.models import FirehoseBackend
    from moto.server import ThreadedMotoServer

    FirehoseBackend.put_record_batch = troubled(FirehoseBackend.put_record_batch, refused, lost, random.Random(seed))
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        address = "http://{}:{}".format(*server.get_host_and_port())
        firehose, s3 = clients(endpoint_url=address, **KEYS)
        s3.create_bucket(Bucket=BUCKET)
        place = {"RoleARN": "arn:aws:iam::123456789012:role/lab", "BucketARN": f"arn:aws:s3:::{BUCKET}"}
        place["Prefix"] = f"{stream}/"
        firehose.create_delivery_stream(DeliveryStreamName=stream, ExtendedS3DestinationConfiguration=place)
        yield address
    finally:
        server.stop()


def troubled(put: Callable, refused: float, lost: float, luck: random.Random) -> Callable:
    """moto's put_record_batch with the troubles of the real one: each record is refused with a probability, and after
    a request the answer is lost with another one."""

    def put_record_batch(self: Any, name: str, records: list[dict]) -> dict[str, Any]:
        takes = [luck.random() >= refused for _ in records]
        answer = put(self, name, [record for record, take in zip(records, takes, strict=True) if take])
        if luck.random() < lost:
            raise RuntimeError("the answer is lost")
        taken = iter(answer["RequestResponses"])
        trouble = {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}
        told = [next(taken) if take else trouble for take in takes]
        return {**answer, "FailedPutCount": takes.count(False), "RequestResponses": told}

    return put_record_batch


def clients(**settings: Any) -> list[Any]:
    """Clients of Firehose and of S3, which repeat a request themselves if no answer comes."""
    import boto3
    from botocore.config import Config

    config = Config(retries={"mode": "standard", "max_attempts": 5})
    return [boto3.client(service, config=config, **settings) for service in ("firehose", "s3")]


@contextmanager
def commands(stream: str, own: bool, **troubles: Any) -> Iterator[dict[str, Callable]]:
    """The commands of the process: for a stream of moto's, its `own`, or for one that is there already."""
    sys.stdout = sys.stderr  # what moto prints must not be taken for an answer
    if not own:
        yield offered(stream, *clients())
        return
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
    with moto(stream, **troubles) as address:
        yield {"address": lambda: address, **offered(stream, *clients(endpoint_url=address, **KEYS))}


def offered(stream: str, firehose: Any, s3: Any) -> dict[str, Callable]:
    """What can be done with a stream."""
    return {"put": partial(put, firehose, stream), "fetch": partial(fetch, firehose, s3, stream)}
