"""The endpoint of a model beside a bare application with the same model, and beside MLflow's server, under load.

`python benchmarks/serving.py [--seconds 5] [--rounds 3] [--model logistic | lightgbm]`

The model is the lesson's (`dataml_lab.serving.fraud`: a logistic regression on standardised columns), or a LightGBM
classifier of the same payments; it is loaded from the folder where it was saved. "dataml_lab" is `dataml_lab.serving`,
with one worker. "bare" is the application that the documentation of FastAPI leads to: a Pydantic model of the row, and
a function that makes a frame of it and asks the classifier; "bare async" is the same in the event loop, without a
thread for each request. "mlflow" is `mlflow models serve` with one worker, where `make mlflow` has installed it; it is
asked in its own protocol, and checks no values. Each has a process of its own; all give the same scores.

Closed load: so many clients, each of which asks again when it is answered, over connections that are kept; they are
wrk's where it is installed (Debian's package `wrk`), else this process's. Open load, by this process: requests come at
random, so many a second on average, whether those before are answered or not; a latency begins when the request was
due, so that a server that falls behind shows it. If the number of a second that were answered is less than were due, it
can't keep up.

Contenders take turns in each round. Requests a second and milliseconds are medians over rounds; "× bare" is the median
of ratios of one round: of requests a second to the faster bare application under closed load, of p99 to the lower one
under open load. "failed" are answers without a score, and connections that broke, of all rounds.
"""

import argparse
import asyncio
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from statistics import median
from typing import NamedTuple

os.environ.update(OMP_WAIT_POLICY="PASSIVE")  # before anything that has threads is imported

import httpx
import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, Field

from dataml_lab.evaluation.payments import FEATURES, payments
from dataml_lab.serving import fraud, load, save
from dataml_lab.serving.mlflow import MLFLOW
from dataml_lab.serving.serve import Source, run
from dataml_lab.store.http import listening

CLOSED, OPEN = (1, 16, 64), (200, 1_000)  # clients, and requests a second
CONNECTIONS = 64  # for open load
PATIENCE = 60  # seconds that a server may take to start
OURS, BARE, THEIRS = "dataml_lab", ("bare", "bare async"), "mlflow"
ROWS = payments(200, seed=2)[FEATURES].to_dict("records")
WRK = """
local bodies, requests, place = {%s}, {}, 0
wrk.method, wrk.headers["content-type"] = "POST", "application/json"
init = function() for number, body in ipairs(bodies) do requests[number] = wrk.format(nil, nil, nil, body) end end
request = function() place = place %% #requests + 1 return requests[place] end
done = function(all, latency)
  local lost = all.errors
  print(all.requests / all.duration * 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
        lost.connect + lost.read + lost.write + lost.status + lost.timeout)
end
"""
TO_MLFLOW = """
import sys, mlflow.sklearn, skops.io
source, target = sys.argv[1:]
model = skops.io.load(source, trusted=skops.io.get_untrusted_types(file=source))
mlflow.sklearn.save_model(model, target, pyfunc_predict_fn="predict_proba")
"""


class Payment(BaseModel):
    """A row, as a bare application checks it."""

    amount: float = Field(ge=0, le=100_000, allow_inf_nan=False)
    night: int = Field(ge=0, le=1)
    country_mismatch: int = Field(ge=0, le=1)
    account_days: float = Field(ge=0, le=10_000, allow_inf_nan=False)
    attempts: int = Field(ge=1, le=100)


def saved(folder, kind):
    """Saves the model."""
    if kind == "logistic":
        model = fraud.trained()
    else:
        from lightgbm import LGBMClassifier

        table = payments(20_000, seed=1)
        model = LGBMClassifier(n_jobs=1, verbose=-1).fit(table[FEATURES], table["is_fraud"])
    save(folder, model, fraud.SCHEMA, "fraud")


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
    """What a load saw: requests a second, milliseconds of the median and of 99 of 100, and requests without a score."""

    rate: float
    p50: float
    p99: float
    failed: int


class Server:
    """A contender in a process of its own, which is up."""

    path, score = "/score", staticmethod(lambda said: said["score"])

    def __init__(self, name, folder):
        self.name, self.bodies = name, [json.dumps(self.asked(row)) for row in ROWS]
        self.process = self.started(folder)
        self.url = f"http://127.0.0.1:{self.port}{self.path}"
        transport = httpx.HTTPTransport(retries=8)  # after 0, 0.5, 1, 2, ... seconds, until it listens
        with httpx.Client(transport=transport, timeout=PATIENCE) as client:
            headers = {"content-type": "application/json"}
            answers = [client.post(self.url, content=body, headers=headers) for body in self.bodies[:20]]
        self.scores = [self.score(answer.json()) for answer in answers]

    def asked(self, row):
        """What the body of a request for a row's score holds."""
        return row

    def started(self, folder):
        """The process, which says its `port`."""
        words = [sys.executable, "-W", "ignore", __file__, "--serve", self.name, folder]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.port = int(process.stdout.readline().rsplit(":", 1)[1])
        return process

    def end(self):
        """The process and those that it started end."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Mlflow(Server):
    """MLflow's own server."""

    path, score = "/invocations", staticmethod(lambda said: said["predictions"][0][1])

    def asked(self, row):
        return {"dataframe_records": [row]}

    def started(self, folder):
        python, theirs = str(MLFLOW.python()), f"{folder}-of-mlflow"
        environment = {**os.environ, "PATH": f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}",
                       "MLFLOW_DISABLE_TELEMETRY": "true"}
        quiet = {"env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([python, "-I", "-c", TO_MLFLOW, f"{folder}/model.skops", theirs], check=True, **quiet)
        with listening("127.0.0.1", 0) as place:
            self.port = place.getsockname()[1]
        words = ["models", "serve", "-m", theirs, "-p", str(self.port), "-w", "1", "--env-manager", "local"]
        return subprocess.Popen([python, "-m", "mlflow", *words], start_new_session=True, **quiet)


def closed_by_wrk(server, clients, seconds):
    """What so many clients of wrk saw, each of which asks when it was answered."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(WRK % ",".join(f"[=[{body}]=]" for body in server.bodies))
        script.flush()
        whole = max(1, round(seconds))  # wrk takes no less
        command = ["wrk", "-t1", f"-c{clients}", f"-d{whole}s", "--timeout", "10s", "-s", script.name, server.url]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate, p50, p99, failed = map(float, told.splitlines()[-1].split())
    return Seen(rate, p50, p99, int(failed))


class Load:
    """Asks a server for scores of rows in turn, over kept connections."""

    def __init__(self, server, seconds):
        self.port, self.seconds, self.waited, self.failed = server.port, seconds, [], 0
        self.requests = [request_of(server.path, body.encode()) for body in server.bodies]

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


def request_of(path, body):
    """A request, as it is sent."""
    return (b"POST %b HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n%b" % (path.encode(), len(body), body))


def loaded(kind, size, server, seconds):
    """What a load of a kind and size saw of a server."""
    if kind == "closed" and shutil.which("wrk"):
        return closed_by_wrk(server, size, seconds)
    return asyncio.run(getattr(Load(server, seconds), kind)(size))


def contest(kind, size, servers, seconds, rounds):
    """Rounds in which each server has the load in turn; a row for each."""
    seen = []
    for number in range(1, rounds + 1):
        seen.append({server.name: loaded(kind, size, server, seconds) for server in servers})
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


def compete(folder, seconds, rounds):
    """Starts the contenders, which give the same scores, and prints a row per load and contender."""
    makers = {**dict.fromkeys((OURS, *BARE), Server), **({} if MLFLOW.missing() else {THEIRS: Mlflow})}
    servers = []
    try:
        for name, maker in makers.items():
            servers.append(maker(name, folder))
            assert np.allclose(servers[-1].scores, servers[0].scores, rtol=1e-12), f"{name} gives other scores"
        gc.freeze()  # a collection of all that is here takes a tenth of a second, which would count as the servers'
        print("load      size  server      requests/s   p50 ms   p99 ms  × bare  failed")
        for kind, sizes in (("closed", CLOSED), ("open", OPEN)):
            for size in sizes:
                contest(kind, size, servers, seconds, rounds)
    finally:
        for server in servers:
            server.end()


def main():
    """Print what there is, and a row per load and contender."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="of a load")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", choices=["logistic", "lightgbm"], default="logistic")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        name, folder = chosen.serve
        return run(Source(folder), port=0) if name == OURS else bare(folder, name == "bare async")
    print(f"{chosen.model}; closed load by {'wrk' if shutil.which('wrk') else 'this process: there is no wrk'}; "
          f"{MLFLOW.missing() or 'MLflow ' + MLFLOW.version()}")
    with tempfile.TemporaryDirectory() as place:
        saved(folder := f"{place}/fraud", chosen.model)
        compete(folder, chosen.seconds, chosen.rounds)
    return None


if __name__ == "__main__":
    main()
