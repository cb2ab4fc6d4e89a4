"""Follow: give the records of a topic to a processor, up to the topic's end or for as long as one likes."""

import math
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from dataml_lab.pipeline import push
from dataml_lab.pipeline.ingest import QUIET_S, IngestError
from dataml_lab.pipeline.push import Span, is_end, reading, spans
from dataml_lab.streaming.processor import Arrived, Processor

if TYPE_CHECKING:
    from confluent_kafka import Consumer, Message

    from dataml_lab.store.broker import Topic

POLL_S = 0.2


class Followed(NamedTuple):
    """What one follow gave to the processor, and how long it took."""

    records: int
    seconds: float


def follow(
    topic: "Topic", processor: Processor, batch: int = 5_000, until: Callable[[], bool] | None = None
) -> Followed:
    """Gives the processor the records from its positions to the end that each partition of the topic has now.

    With `until` it goes on with what arrives, and asks after each batch, and POLL_S after the last record, whether to
    end. A batch is what has come, up to `batch` records, of any partitions, and is committed as one. The positions
    are those in the processor's file, whatever the broker remembers of us, so a rerun after a crash loses nothing and
    repeats nothing. Raises IngestError when the broker stays silent, or the topic doesn't go up to the positions, or no
    longer reaches back to them; another topic of which neither is true can't be told from the one before.
    """
    begun, records = time.monotonic(), 0
    with reading(topic.servers) as consumer:
        found = spans(consumer, topic.name, processor.positions, "processor")
        outstanding = {span.partition: span for span in found if span.start < span.end}
        total = sum(span.end - span.start for span in outstanding.values())
        processor.expect({number: span.start for number, span in outstanding.items()})
        ahead = {span.partition: span._replace(end=math.inf) for span in found} if until else outstanding
        for arrived in arriving(consumer, ahead, batch, until):
            processor.take(arrived)
            records += len(arrived)
            show_progress(records, None if until else total, time.monotonic() - begun)
    return Followed(records, time.monotonic() - begun)


def arriving(
    consumer: "Consumer", ahead: dict[int, Span], batch: int, until: Callable[[], bool] | None
) -> Iterator[list[Arrived]]:
    """The records of the spans ahead, by partition, in batches as they come, to their ends or `until` that is so."""
    from confluent_kafka import TopicPartition

    consumer.assign([TopicPartition(span.topic, span.partition, span.start) for span in ahead.values()])
    heard = time.monotonic()
    while ahead and not (until and until()):
        messages = come(consumer, batch)
        if arrived := wanted(messages, ahead):
            yield arrived
        if messages:
            heard = time.monotonic()  # the time that the taker took is no silence
        elif time.monotonic() > heard + push.SILENCE_S:
            heard = still_there(consumer, bool(until))


def come(consumer: "Consumer", batch: int) -> list["Message"]:
    """What has come, up to `batch` messages; waits POLL_S for the first, and for no other."""
    first = consumer.consume(1, POLL_S)
    return first + consumer.consume(batch - 1, 0) if first and batch > 1 else first


def wanted(messages: list["Message"], ahead: dict[int, Span]) -> list[Arrived]:
    """The records among the messages that are in the spans ahead; a span whose end has come goes."""
    arrived = []
    for message in messages:
        over, partition, offset = is_end(message), message.partition(), message.offset()
        if partition not in ahead:
            continue
        end = ahead[partition].end
        if not over and offset < end:
            arrived.append(Arrived(partition, offset, message.value()))
        if offset + (not over) >= end:
            del ahead[partition]
    return arrived


def still_there(consumer: "Consumer", endless: bool) -> float:
    """The time now, if silence is no wonder and the broker still answers. Raises an error if not."""
    if not endless:
        raise IngestError(
            f"nothing came for {push.SILENCE_S} s; "
            "what was taken is safe: run again to continue when the broker is there"
        )
    consumer.list_topics(timeout=push.SILENCE_S)
    return time.monotonic()


def show_progress(records: int, total: int | None, seconds: float) -> None:
    """Rewrites one line on a terminal, once it has taken longer than QUIET_S."""
    if seconds > QUIET_S and sys.stderr.isatty():
        ahead = "" if total is None else f" of {total:,}, {seconds / records * (total - records):,.0f} s left"
        print(f"took {records:,} records{ahead} ", end="\r", file=sys.stderr, flush=True)
