"""Events per second that the stream processor takes, by size of batch: `python benchmarks/streaming.py [--users 2000]`.

The events are the Store's activity in a topic of 16 partitions, on a broker of our own, without faults; the question is
how many events each user has in five minutes, with an hour of lateness. Then the Store's orders, with faults, and
parse_order with its nine rules. The file is on the disk of temporary files, and each batch's commit waits for it.
"""

import argparse
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from dataml_lab.pipeline import identifier, moment
from dataml_lab.pipeline.ingest import parse_line
from dataml_lab.pipeline.push import reading, spans
from dataml_lab.store import Faults, Store
from dataml_lab.streaming import Processor, Question, Tumbling, follow
from dataml_lab.streaming.follow import arriving

BATCHES = (100, 1_000, 5_000, 20_000)
USUAL = 5_000
TERMS = """\
A batch is what has come, up to its limit. Peak state: windows open and ids remembered after a batch. × is the rate
relative to the smallest limit. Steps: shares of the time at 5,000, JSON and parse measured by themselves."""


def parse_activity(raw):
    """The three fields of activity that the question needs."""
    fields = {"event_id": identifier, "user_id": identifier, "occurred_at": moment}
    return {name: rule(raw.get(name)) for name, rule in fields.items()}


ACTIVITY = Question(Tumbling(300), value=None, where=None, identity="event_id", parse=parse_activity)
ORDERS = Question(Tumbling(86_400))


class Measured(Processor):
    """A processor that knows its peak state, how many batches it took, and how long it was at that."""

    peak = batches = seconds = 0

    def take(self, records):
        """Takes records; what it takes to measure the state is not in the time."""
        begun = time.perf_counter()
        super().take(records)
        self.seconds += time.perf_counter() - begun
        self.batches += 1
        self.peak = max(self.peak, self.state_size)


@contextmanager
def measured(question, lateness):
    """A processor on a file that goes in the end."""
    with tempfile.TemporaryDirectory() as folder, Measured(Path(folder) / "p.sqlite", question, lateness) as processor:
        yield processor


def by_batch(name, topic, question, lateness):
    """Prints a row per size of batch; returns the seconds of the usual one, in all and in take."""
    slowest, usual = None, None
    for batch in BATCHES:
        with measured(question, lateness) as processor:
            followed = follow(topic, processor, batch)
            rate = followed.records / followed.seconds
            slowest = slowest or rate
            usual = (followed.seconds, processor.seconds) if batch == USUAL else usual
            print(
                f"{name:<10}{batch:>8,}{processor.batches:>9,}{followed.seconds:>9.2f}{rate:>11,.0f}"
                f"{rate / slowest:>6.1f}{processor.peak:>12,}{processor.seconds / followed.seconds:>10.0%}",
                flush=True,
            )
    return usual


def timed(work):
    """What the work returns, and the seconds that it took."""
    begun = time.perf_counter()
    found = work()
    return found, time.perf_counter() - begun


def consumed(topic):
    """All records of a topic, with nothing done to them."""
    with reading(topic.servers) as consumer:
        ahead = {span.partition: span for span in spans(consumer, topic.name, {}) if span.start < span.end}
        return [arrived for batch in arriving(consumer, ahead, USUAL, None) for arrived in batch]


def parsed(raws, parse):
    """How many of the raw records are events."""
    good = 0
    for raw in raws:
        try:
            parse(raw)
            good += 1
        except ValueError:
            continue
    return good


def loaded(arrived):
    """The records that are JSON objects."""
    found = []
    for record in arrived:
        try:
            found.append(parse_line(record.value.decode("utf-8-sig", "surrogateescape")))
        except ValueError:
            continue
    return found


def steps(name, topic, question, whole, in_take):
    """Prints what each step takes; what a take is longer than JSON and parse is for counting and the file."""
    arrived = consumed(topic)
    raws, json_s = timed(lambda: loaded(arrived))
    _, parse_s = timed(lambda: parsed(raws, question.parse))
    rest = in_take - json_s - parse_s
    shares = {"consume": whole - in_take, "JSON": json_s, "parse": parse_s, "count and commit": rest}
    told = ", ".join(f"{step} {seconds / whole:.0%}" for step, seconds in shares.items())
    print(f"{name:<10}{told}", flush=True)


def main():
    """Print the rows of both questions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=2_000, help="users of the Store; a partition holds 5 MiB")
    store = Store(users=parser.parse_args().users)
    print(TERMS)
    print(f"{'events':<10}{'limit':>8}{'batches':>9}{'seconds':>9}{'events/s':>11}{'×':>6}{'peak state':>12}  in take")
    with store.topic("activity", Faults.none(), partitions=16) as topic:
        steps("activity", topic, ACTIVITY, *by_batch("activity", topic, ACTIVITY, 3_600))
    with Store(users=10 * store.settings.users).topic("orders", partitions=16) as topic:
        steps("orders", topic, ORDERS, *by_batch("orders", topic, ORDERS, 5 * 86_400))


if __name__ == "__main__":
    main()
