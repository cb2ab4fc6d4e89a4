"""Contenders of a benchmark: each answers in a process of its own, one after the other in each round."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np


def serve(answer):
    """Answers each line of standard input with the seconds that it took, and into the file that the line names."""
    print("ready", flush=True)
    for line in sys.stdin:
        begun = time.perf_counter()
        found = answer()
        seconds = time.perf_counter() - begun
        np.save(line.strip(), np.asarray(found, "float64"))  # before the next contender starts
        print(seconds, flush=True)


class Contender:
    """A contender in a process that runs a benchmark with these arguments, which must make it `serve`, by this Python
    or another; `memory` is the most MB, of 10^6 bytes, that an answer took so far."""

    def __init__(self, name, benchmark, *arguments, python=sys.executable):
        import psutil  # which the environments of others haven't

        words = [python, "-W", "ignore", benchmark, *map(str, arguments)]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        self.name, self.memory, self.seen = name, 0.0, psutil.Process(self.process.pid)
        self.held = self.seen.memory_info().rss

    def answer(self, path):
        """The seconds of an answer, which will be in this file; the memory is looked at every two milliseconds."""
        with ThreadPoolExecutor(1) as thread:
            print(path, file=self.process.stdin, flush=True)
            line = thread.submit(self.process.stdout.readline)
            while not line.done():
                self.memory = max(self.memory, (self.seen.memory_info().rss - self.held) / 1e6)
                time.sleep(0.002)
        return float(line.result())

    def end(self):
        """The process ends, once its last answer is in the file."""
        self.process.communicate()


def raced(racers, files, told):
    """The seconds of each in one round; says so where somebody watches."""
    seconds = [racer.answer(file) for racer, file in zip(racers, files, strict=True)]
    if sys.stderr.isatty():
        each = ", ".join(f"{racer.name} {taken:.2f}" for racer, taken in zip(racers, seconds, strict=True))
        print(f"{told}: {each}", file=sys.stderr, flush=True)
    return seconds
