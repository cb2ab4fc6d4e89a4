"""The endpoint of a model beside a bare application with the same model, under load.

`python benchmarks/serving.py [--seconds 5] [--rounds 3]`

The model is a LightGBM classifier of payments (`dataml_lab.evaluation.payments`), loaded from the folder where it was
saved. "dataml_lab" is `dataml_lab.serving`, with one worker. "bare" is the application that the documentation of
FastAPI leads to: a Pydantic model of the row, and a function that makes a frame of it and asks the classifier; "bare
async" is the same in the event loop, without a thread for each request. Each has a process of its own under uvicorn, on
the same kind of socket; this process asks over connections that are kept.

Closed load: so many clients, each of which asks again when it is answered. Open load: requests come at random, so many
a second on average, whether those before are answered or not; a latency begins when the request was due, so that a
server that falls behind shows it. If the number of a second that were answered is less than were due, it can't keep up.
Contenders take turns in each round. Requests a second and milliseconds are medians over rounds; "× bare" is the median
of ratios of one round: of requests a second to the faster bare application under closed load, of p99 to the lower one
under open load.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from statistics import median
from typing import NamedTuple

os.environ.update(OMP_WAIT_POLICY="PASSIVE")  # before anything that has threads is imported

import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, Field

from dataml_lab.evaluation.payments import FEATURES, payments
from dataml_lab.serving import Schema, load, save
from dataml_lab.serving.serve import Source, run
from dataml_lab.store.http import listening

CLOSED, OPEN = (1, 16, 64), (200, 1_000)  # clients, and requests a second
CONNECTIONS = 64  # for open load
OURS, BARE = "dataml_lab", ("bare", "bare async")


class Payment(BaseModel):
    """A row, as a bare application checks it."""

    amount: float = Field(ge=0, le=100_000, allow_inf_nan=False)
    night: int = Field(ge=0, le=1)
    country_mismatch: int = Field(ge=0, le=1)
    account_days: float = Field(ge=0, le=10_000, allow_inf_nan=False)
    attempts: int = Field(ge=1, le=100)


def saved(folder):
    """Saves the model."""
    from lightgbm import LGBMClassifier

    table = payments(20_000)
    ranges = {"amount": (0, 100_000), "night": (0, 1), "country_mismatch": (0, 1), "account_days": (0, 10_000),
              "attempts": (1, 100)}
    model = LGBMClassifier(n_jobs=1, verbose=-1).fit(table[FEATURES], table["is_fraud"])
    save(folder, model, Schema.of(table[FEATURES], ranges), "fraud")


def bare(folder, in_loop):
    """Serves the bare application."""
    import pandas as pd

    app, model = FastAPI(), load(folder).estimator

    def score(payment: Payment):
        frame = pd.DataFrame([payment.model_dump()])
        return {"score": float(model.predict_proba(frame)[0, 1]), "version": "1"}

    async def score_in_loop(payment: Payment):
        return score(payment)

    app.post("/score")(score_in_loop if in_loop else score)
    with listening("127.0.0.1", 0) as place:
        print(f"http://127.0.0.1:{place.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run([place])


class Seen(NamedTuple):
    """What a load saw: requests a second, milliseconds of the median and of 99 of 100, and answers other than 200."""

    rate: float
    p50: float
    p99: float
    failed: int


class Server:
    """A contender in a process of its own."""

    def __init__(self, name, folder):
        words = [sys.executable, "-W", "ignore", __file__, "--serve", name, folder]
        self.name, self.process = name, subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])

    def end(self):
        """The process ends."""
        self.process.terminate()
        self.process.wait()


class Load:
    """Asks a server for scores of rows in turn, over kept connections."""

    def __init__(self, port, seconds):
        self.port, self.seconds, self.waited, self.failed = port, seconds, [], 0
        rows = payments(200, seed=1)[FEATURES].to_dict("records")
        self.requests = [request_of(row) for row in rows]

    async def closed(self, clients):
        """So many clients, each of which asks when it was answered."""
        end = time.perf_counter() + self.seconds

        async def client():
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            while time.perf_counter() < end:
                await self.ask(reader, writer, time.perf_counter())
            writer.close()

        return await self.seen([client() for _ in range(clients)])

    async def open(self, rate):
        """So many requests a second on average, at random."""
        gaps = np.random.default_rng(2).exponential(1 / rate, int(rate * self.seconds))
        due = deque(np.cumsum(gaps) + time.perf_counter())

        async def client():
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            while due:
                at = due.popleft()
                await asyncio.sleep(at - time.perf_counter())
                await self.ask(reader, writer, at)
            writer.close()

        return await self.seen([client() for _ in range(CONNECTIONS)])

    async def ask(self, reader, writer, begun):
        """Asks once."""
        writer.write(self.requests[len(self.waited) % len(self.requests)])
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        self.failed += b" 200 " not in head[:16]
        self.waited.append(time.perf_counter() - begun)

    async def seen(self, clients):
        """What all clients saw."""
        begun = time.perf_counter()
        await asyncio.gather(*clients)
        p50, p99 = np.quantile(self.waited, [0.5, 0.99]) * 1_000
        return Seen(len(self.waited) / (time.perf_counter() - begun), p50, p99, self.failed)


def request_of(row):
    """A request for the score of a row, as it is sent."""
    body = json.dumps(row).encode()
    return (b"POST /score HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n%b" % (len(body), body))


def contest(kind, size, servers, seconds, rounds):
    """Rounds in which each server has the load in turn; a row for each."""
    seen = []
    for number in range(1, rounds + 1):
        seen.append({server.name: asyncio.run(getattr(Load(server.port, seconds), kind)(size)) for server in servers})
        if sys.stderr.isatty():
            print(f"{kind} {size}, round {number} of {rounds}", file=sys.stderr, flush=True)
    for server in servers:
        each = [one[server.name] for one in seen]
        ratio = median(beside(kind, one[server.name], [one[name] for name in BARE]) for one in seen)
        rate, p50, p99 = (median(values) for values in list(zip(*each, strict=True))[:3])
        failed = sum(one.failed for one in each)
        print(f"{kind:<8}{size:>6}  {server.name:<12}{rate:>10,.0f}{p50:>9.2f}{p99:>9.2f}{ratio:>8.2f}{failed:>8}",
              flush=True)


def beside(kind, one, others):
    """The ratio to the better of the others: of requests a second under closed load, of p99 under open load."""
    if kind == "closed":
        return one.rate / max(other.rate for other in others)
    return one.p99 / min(other.p99 for other in others)


def main():
    """Print a row per load and contender."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="of a load")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        name, folder = chosen.serve
        return run(Source(folder), port=0) if name == OURS else bare(folder, name == "bare async")
    with tempfile.TemporaryDirectory() as place:
        saved(folder := Path(place) / "fraud")
        servers = [Server(name, folder) for name in (OURS, *BARE)]
        print("load      size  server      requests/s   p50 ms   p99 ms  × bare  failed")
        try:
            for kind, sizes in (("closed", CLOSED), ("open", OPEN)):
                for size in sizes:
                    contest(kind, size, servers, chosen.seconds, chosen.rounds)
        finally:
            for server in servers:
                server.end()
    return None


if __name__ == "__main__":
    main()
