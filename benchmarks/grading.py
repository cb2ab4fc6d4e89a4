"""How fast submissions are graded, against stock nbgrader: `python benchmarks/grading.py [--copies 32] [--cores 4]`.

A class hands in copies of a lesson: of four students two are right, one has the first wrong answer of each catalogue,
and one has not begun. Stock is `nbgrader autograde` with this course's settings, in one process, and in one for each
core side by side, where OpenMP is told not to spin; ours is `dataml-lab grade` with a worker for each core, with and
without isolation. Every run has a fresh copy of the course, and the scores must be equal. Seconds are those of the
whole command, its start included. Stock in one process takes long, and grades fewer copies, of the same kinds: the
ratios are of submissions a minute. Processor time is that of all processes; memory the most that all of them together
were seen to have, every 0.2 s, where what several share counts once. On a machine that others use too, trust the ratio
of processor time (`CPU × one`: how many times less than stock in one process) before that of seconds.

Then: what the engine takes beyond the student's own cells and the calls of the checks, both run bare in one
interpreter that has imported everything; and what isolation costs a fork, with and without it in turn. With
`--parts`, for every part or those named: the processor time of a submission, and how long 200 take. With `--thousand`:
what a thousand submissions of the first lesson do to the grader's memory. Linux only.
"""

import argparse
import contextlib
import copy
import ctypes
import io
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean, median
from string import ascii_lowercase
from typing import Any, NamedTuple

import psutil

LOOK = 0.2  # seconds between looks at the memory
ROUNDS = 3
FORKS = 50
THOUSAND, SMALL = 1_000, "00_start_here"
CLASS = 200  # submissions of a part
TARGETS = 25, 15, 20  # times stock in one process, by seconds and by processor time; minutes for a class
FLAT = 1.0  # KB a submission
PR_SET_CHILD_SUBREAPER = 36
KINDS = ("right", "wrong", "untouched", "right")  # of four students
STEPS = ("rebuild", "fork", "isolation", "channel", "writing", "worker")
OURS = [sys.executable, "-m", "dataml_lab.cli", "grade"]


class Cost(NamedTuple):
    """What some commands took together: seconds, seconds of processor time, and MB."""

    seconds: float
    cpu: float
    memory: float


# ------------------------------------------------------------------------------------------------ the class

def course_of(folder: Path, lesson: str, copies: int, shards: int) -> Path:
    """A released course with this many submissions; students of a shard share their first letter."""
    import nbformat

    from dataml_lab.grading import COURSE
    from dataml_lab.grading.build import release

    for part in ("solutions", "notebooks"):
        shutil.copytree(COURSE / part / lesson, folder / part / lesson)
    shutil.copy(COURSE / "nbgrader_config.py", folder)
    release(folder, lesson, folder / "gradebook.db")
    books = handed_in(folder, lesson)
    for number in range(copies):
        kind = KINDS[(number + number // len(KINDS)) % len(KINDS)]  # so that each shard has some of each kind
        student = f"{ascii_lowercase[number % shards]}{number:04}-{kind}"
        path = folder / "submitted" / student / lesson / f"{lesson}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(books[kind], path)
    return folder


def handed_in(course: Path, lesson: str) -> dict[str, Any]:
    """The notebook of each kind of student."""
    import nbformat

    from dataml_lab.checks import exercises
    from dataml_lab.grading.build import solution_path
    from dataml_lab.grading.catalogue import entries
    from dataml_lab.grading.releases import release_path

    released, solution = (nbformat.read(path(course, lesson), 4) for path in (release_path, solution_path))
    right = {cell.id: cell.source for cell in solution.cells if cell.id.endswith("-answer")}
    wrong = {f"{entry.exercise}-answer": entry.source
             for entry in reversed(entries(course / "solutions" / lesson / "answers", exercises(lesson)))
             if entry.name.startswith("wrong_")}  # the first of each exercise
    return {"right": answered(released, right), "wrong": answered(released, wrong), "untouched": released}


def answered(book: Any, sources: dict[str, str]) -> Any:
    """A copy of a notebook with these sources in the cells with these ids."""
    book = copy.deepcopy(book)
    for cell in book.cells:
        cell.source = sources.get(cell.id, cell.source)
    return book


@contextlib.contextmanager
def copied(course: Path, copies: int) -> Iterator[Path]:
    """A copy of the course, with the first of its submissions only, for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = shutil.copytree(course, Path(folder) / "course")
        for path in sorted((fresh / "submitted").iterdir(), key=lambda path: path.name[1:])[copies:]:
            shutil.rmtree(path)
        yield fresh


def scores(course: Path, lesson: str) -> dict[str, dict]:
    """What the gradebook of a course has, by student and cell."""
    from dataml_lab.grading.gradebook import ScoreBook
    from dataml_lab.grading.submissions import submissions

    with ScoreBook(course) as book:
        return {found.student: book.scores(found) for found in submissions(course, [lesson])}


# ------------------------------------------------------------------------------------------------ commands

def cost(commands: list[list[str]], course: Path, look: Callable[[list], None] = lambda tree: None,
         **environment: str) -> Cost:
    """What commands take that run side by side in a course's folder; `look(tree)` is called every now and then, with
    each process and its MB. One that fails is run again, as an instructor would: it goes on where it failed. SystemExit
    where one fails twice."""
    begun, used, most = time.perf_counter(), cpu_seconds(), 0.0
    with tempfile.TemporaryFile() as words:
        def start(command: list[str]) -> subprocess.Popen:
            return subprocess.Popen(command, cwd=course, stdout=words, stderr=words, stdin=subprocess.DEVNULL,
                                    env={**os.environ, **environment})

        running, failed = [start(command) for command in commands], []
        while any(process.poll() is None for process in running):
            tree = [(process, megabytes(process)) for process in psutil.Process().children(recursive=True)]
            most = max(most, sum(size for _, size in tree))
            look(tree)
            time.sleep(LOOK)
            failing = [process for process in running if process.poll()]
            running = [start(one.args) if one in failing and one.args not in failed else one for one in running]
            failed += [process.args for process in failing]
        seconds = time.perf_counter() - begun
        words.seek(0)
        told = f"{len(failed)} times {' '.join(commands[0])} failed:\n{words.read().decode(errors='replace')}"
        if any(process.returncode for process in running):
            raise SystemExit(told[-3000:])
    if failed:
        print(f"{' '.join(failed[0][2:])} failed and was run again ({errors(told)}).", flush=True)
    reap()
    return Cost(seconds, cpu_seconds() - used, most)


def errors(told: str) -> str:
    """The last of the errors that a command told."""
    found = [line for line in told.splitlines() if "| ERROR]" in line or re.match(r"[\w.]+(Error|Exception)\b", line)]
    return found[-1][:300] if found else "it said no error"


def cpu_seconds() -> float:
    """Processor time of all processes below this one that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def reap() -> None:
    """Waits for what commands left behind, which this process inherits: servers that end a little later."""
    until = time.monotonic() + 10
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < until:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.05)


def megabytes(process: psutil.Process) -> float:
    """MB of a process: what n processes share counts 1/n. 0 for one that has ended, or that may not be looked at."""
    try:
        return process.memory_full_info().pss / 1e6
    except psutil.Error:
        return 0.0


def compare(course: Path, lesson: str, copies: int, serial: int, cores: int, rounds: int) -> None:
    """Prints the table of the four ways to grade."""
    from dataml_lab.grading.stock import UNPROTECTED

    stock = [sys.executable, "-m", "nbgrader", "autograde", lesson]
    shards = [[*stock, f"--student={letter}*"] for letter in ascii_lowercase[:cores]]
    ours = [*OURS, lesson, "--course", ".", "--workers", str(cores)]
    ways = {"stock, one process": ([stock], serial, {UNPROTECTED: "1"}),
            f"stock, {cores} processes": (shards, copies, {"OMP_WAIT_POLICY": "PASSIVE", UNPROTECTED: "1"}),
            "ours": ([ours], copies, {}), "ours, not isolated": ([[*ours, "--no-sandbox"]], copies, {})}
    alone, together, *both = ways
    costs, found, differing = defaultdict(list), {}, []
    for way in [*both, alone, *both, together, *both * (rounds - 2)] if rounds > 1 else ways:
        commands, count, environment = ways[way]
        with copied(course, count) as fresh:
            costs[way].append(cost(commands, fresh, **environment))
            seen = scores(fresh, lesson)
        tell(f"{way}: {count} in {costs[way][-1].seconds:.1f} s")
        differing += [f"{student}, {way}: {given} where others give {found[student]}" for student, given in seen.items()
                      if found.setdefault(student, given) != given]
    speed = {way: ways[way][1] * 60 / median(cost.seconds for cost in costs[way]) for way in ways}  # a minute
    print(f"{'':<22}{'submissions':>12}{'seconds':>9}{'a minute':>10}{'CPU s each':>12}{'peak MB':>9}"
          f"{'× one':>8}{f'× {cores}':>7}{'CPU × one':>11}")
    rows = {way: [*map(median, zip(*costs[way], strict=True))] for way in ways}
    for way, (seconds, cpu, memory) in rows.items():
        count = ways[way][1]
        print(f"{way:<22}{count:>12}{seconds:>9.1f}{speed[way]:>10.1f}{cpu / count:>12.2f}{memory:>9,.0f}"
              f"{speed[way] / speed[alone]:>8.1f}{speed[way] / speed[together]:>7.1f}"
              f"{rows[alone][1] / serial * count / cpu:>11.1f}")
    assert not differing, "\n".join(differing)
    print(f"Of stock in one process: {serial} of the {copies}. Scores are equal, of every submission.")
    print(f"Ours is {speed['ours'] / speed[alone]:.1f} × stock in one process by seconds (to be ≥ {TARGETS[0]}) and "
          f"{rows[alone][1] / serial * copies / rows['ours'][1]:.1f} × by processor time (≥ {TARGETS[1]}).", flush=True)


def tell(words: str) -> None:
    """Says so where somebody watches."""
    if sys.stderr.isatty():
        print(words, file=sys.stderr, flush=True)


# ------------------------------------------------------------------------------------------------ the engine

def asked(task: str, *words: Any) -> Any:
    """What a task of this file answers in a process of its own, which runs with the engine's settings."""
    from dataml_lab.grading.engine.template import ENVIRONMENT

    environment = {name: value for name, value in ENVIRONMENT.items() if name not in ("PATH", "HOME", "LANG")}
    command = [sys.executable, __file__, "--task", task, *map(str, words)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
    return json.loads(done.stdout.splitlines()[-1])


def bare(course: str, lesson: str, student: str) -> float:
    """The seconds that a submission's cells and the checks' calls take in this process."""
    import dataml_lab.runtime.warm  # noqa: F401
    from dataml_lab.checks.exercise import seeds
    from dataml_lab.grading import assess
    from dataml_lab.grading.engine.judge import WORLDS
    from dataml_lab.grading.engine.needed import needed
    from dataml_lab.grading.submissions import handed_in, submissions

    submission, = submissions(Path(course), [lesson], [student])
    submitted = assess.read(handed_in(submission).files[f"{lesson}.ipynb"])
    built = assess.rebuilt(assess.released_for(Path(course), lesson, submitted).book, submitted)
    task = assess.Assessor(Path(course), {lesson})._task(submission, built, {})
    own = {cell.id for cell in task.cells if cell.own}
    shown = {cell.id: cell.source for cell in task.cells if not cell.own and not cell.grades}
    run = own | needed(shown, [cell.source for cell in task.cells if cell.own])
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    namespace, begun = {"__name__": "__main__"}, time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for cell in task.cells:
            if cell.grades:
                worlds = seeds(cell.grades, task.salt, task.student, WORLDS)
                task.exercises[cell.grades].judge(namespace, worlds, task.oracles.get(cell.grades))
            elif cell.id in run:
                exec(compile(cell.source, cell.id, "exec"), namespace)
    return time.perf_counter() - begun


def engine(course: str, lesson: str, isolated: str) -> list:
    """Of each submission, graded one after the other: its student, the seconds of all, and those of its parts."""
    from dataml_lab.grading import assess, grade
    from dataml_lab.grading.engine.template import Fork, Template

    spent = defaultdict(float)
    for name in ("handed_in", "read", "released_for", "rebuilt"):
        clocked(assess, name, "rebuild", spent)
    clocked(assess.Assessor, "_attempt", "rebuild", spent)
    clocked(Template, "fork", "fork", spent)
    clocked(Fork, "close", "fork", spent)
    clocked(assess, "judged", "judged", spent)
    clocked(grade, "keep", "writing", spent)
    clocked(grade, "_entered", "writing", spent)
    as_data, from_data = grade.as_data, grade.from_data

    def with_times(attempt: Any) -> dict:
        return as_data(attempt) | {"spent": spent}

    def without_times(data: dict) -> Any:
        spent.update(data["spent"])
        return from_data(data)

    grade.as_data, grade.from_data = with_times, without_times  # from the fork that judges, and to this process
    found, begun = [], time.perf_counter()
    for _, graded in grade.grade(Path(course), [lesson], again=True, isolated=isolated == "isolated", workers=1):
        now = time.perf_counter()
        found.append([graded.submission.student, now - begun, dict(spent)])
        spent.clear()
        begun = time.perf_counter()
    return found[1:]  # the first waits for the template


def clocked(owner: Any, name: str, part: str, spent: dict[str, float]) -> None:
    """From now on the seconds of a function are added to those of a part."""
    function = getattr(owner, name)

    def clocking(*arguments: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        try:
            return function(*arguments, **named)
        finally:
            spent[part] += time.perf_counter() - begun

    setattr(owner, name, clocking)


def forks() -> list[list[float]]:
    """Milliseconds of a fork from its start over a cell to its end, isolated and plain, in turn."""
    from dataml_lab.grading.engine.remote import RemoteWorker
    from dataml_lab.grading.engine.template import Template, worker_template

    def once(template: Template) -> float:
        begun = time.perf_counter()
        with template.fork() as process:
            RemoteWorker(process).run("1 + 1", 10)
        return (time.perf_counter() - begun) * 1e3

    with worker_template() as isolated, worker_template(isolated=False) as plain:
        return [[once(isolated), once(plain)] for _ in range(FORKS)]


def overhead(course: Path, lesson: str, rounds: int) -> None:
    """Prints what the engine takes beyond the student's own, by kind of student."""
    own, runs = defaultdict(list), {"isolated": defaultdict(list), "plain": defaultdict(list)}
    with copied(course, 2 * len(KINDS)) as fresh:
        students = {path.name.partition("-")[2]: path.name for path in sorted((fresh / "submitted").iterdir())}
        for _ in range(rounds):
            for kind, student in students.items():
                own[kind].append(asked("bare", fresh, lesson, student))
            for how, seen in runs.items():
                for student, seconds, spent in asked("engine", fresh, lesson, how):
                    seen[student.partition("-")[2]].append(spent | {"all": seconds})
        tell("overhead measured")
    print(f"\nOne at a time, ms{'':<5}{'all':>8}{'own':>8}{'beyond':>8}   of that"
          f"{''.join(f'{step:>11}' for step in STEPS)}")
    rows = {kind: beyond(median(own[kind]), runs["isolated"][kind], runs["plain"][kind]) for kind in students}
    weighted = [rows[kind] for kind in KINDS]
    rows["the class"] = {column: mean(row[column] for row in weighted) for column in weighted[0]}
    for kind, row in rows.items():
        told = "".join(f"{1e3 * row[step]:>11,.0f}" for step in STEPS)
        print(f"{kind:<22}{1e3 * row['all']:>8,.0f}{1e3 * row['own']:>8,.0f}{1e3 * row['beyond']:>8,.0f}{'':<10}{told}",
              flush=True)


def beyond(own: float, isolated: list[dict], plain: list[dict]) -> dict[str, float]:
    """The seconds of the parts of a submission: the channel's are what judging takes beyond the forks and its own."""
    row = {part: median(spent.get(part, 0) for spent in isolated)
           for part in ("all", "judged", "rebuild", "fork", "writing")}
    forked = median(spent.get("fork", 0) for spent in plain)
    row |= {"own": own, "beyond": row["all"] - own, "channel": row["judged"] - row["fork"] - own,
            "isolation": row["fork"] - forked, "fork": forked}
    return row | {"worker": row["all"] - row["rebuild"] - row["judged"] - row["writing"]}


def isolation() -> None:
    """Prints what isolation costs a fork."""
    isolated, plain = zip(*asked("forks"), strict=True)
    more = median(one - other for one, other in zip(isolated, plain, strict=True))
    print(f"\nA fork from start to end: {median(isolated):.1f} ms isolated, {median(plain):.1f} ms plain; isolation "
          f"costs {more:.1f} ms (medians of {FORKS}, in turn).", flush=True)


# ------------------------------------------------------------------------------------------------ every part

def classes(folder: Path, parts: list[str], cores: int) -> None:
    """Prints of each part the seconds of processor time that a submission takes, without the start of the grader, and
    the minutes of a class, if the cores do nothing else."""
    print(f"\n{'':<30}{'CPU s each':>12}{f'minutes for {CLASS} on {cores} cores':>32}{'peak MB':>9}")
    longest = 0.0
    for part in parts:
        course = course_of(folder / part, part, 2 * len(KINDS), 1)
        few, many = (graded(course, part, count, cores) for count in (len(KINDS), 2 * len(KINDS)))
        each = (many.cpu - few.cpu) / len(KINDS)
        minutes = (few.cpu + (CLASS - len(KINDS)) * each) / cores / 60
        longest = max(longest, minutes)
        print(f"{part:<30}{each:>12.2f}{minutes:>32.1f}{many.memory:>9,.0f}", flush=True)
    print(f"The longest takes {longest:.1f} minutes (to be < {TARGETS[2]}).", flush=True)


def graded(course: Path, part: str, copies: int, cores: int) -> Cost:
    """What it takes to grade the first submissions of a course."""
    with copied(course, copies) as fresh:
        return cost([[*OURS, part, "--course", ".", "--workers", str(cores)]], fresh)


# ------------------------------------------------------------------------------------------------ memory

def endure(course: Path, copies: int, cores: int) -> None:
    """Prints how the grader's memory grows while it grades very many."""
    seen, kept = defaultdict(list), course / "attempts" / SMALL

    def look(tree: list) -> None:
        done = len(list(kept.iterdir())) if kept.is_dir() else 0
        if copies / 5 <= done < copies:
            for role, size in roles(tree).items():
                seen[role].append((done, size * 1e3))

    taken = cost([[*OURS, SMALL, "--course", ".", "--workers", str(cores)]], course, look)
    print(f"\n{copies:,} submissions of {SMALL} in {taken.seconds:.0f} s, at most {taken.memory:,.0f} MB; from the "
          f"{copies // 5:,}th to the last, KB more for each (in 95 of 100 cases between):")
    for role, points in seen.items():
        grown, least, most = slope(points)
        print(f"{role:<22}{grown:>8.2f} ({least:.2f} to {most:.2f})  {'flat' if least < FLAT else 'not flat'}, of "
              f"{points[-1][1] / 1e3:,.0f} MB", flush=True)


def roles(tree: list) -> dict[str, float]:
    """MB of the grader's own process, of its template, and of all, from those of each process."""
    below = defaultdict(dict)  # sizes by process, by the process that started it
    for process, size in tree:
        with contextlib.suppress(psutil.Error):
            below[process.ppid()][process.pid] = size, "forkserver" in " ".join(process.cmdline())
    (grader, (own, _)), *_ = below[os.getpid()].items()
    waiting = {pid: size for pid, (size, is_template) in below[grader].items() if is_template}
    forking = [size for pid in waiting for size, _ in below[pid].values()]
    return {"main process": own, "template": sum(waiting.values()) + sum(forking), "all": sum(size for _, size in tree)}


def slope(points: list[tuple[int, float]]) -> tuple[float, float, float]:
    """How much the second numbers grow with the first, by the median over all pairs, and the ends of its interval."""
    from scipy.stats import theilslopes

    if len(points) < 3:
        return 0.0, 0.0, 0.0
    found = theilslopes(*reversed(list(zip(*points, strict=True))))
    return found.slope, found.low_slope, found.high_slope


def main() -> None:
    """Prints the tables."""
    from dataml_lab.checks import PARTS, exercises

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lesson", default="01a_ingest", help="default: 01a_ingest")
    parser.add_argument("--copies", type=int, default=32, help="submissions; default: 32")
    parser.add_argument("--serial", type=int, default=4, help="submissions for stock in one process; default: 4")
    parser.add_argument("--cores", type=int, default=4, help="processor cores for everything; default: 4")
    parser.add_argument("--parts", nargs="*", metavar="PART", help="also what a class takes, of these parts or of all")
    parser.add_argument("--thousand", action="store_true", help="also grade a thousand, and look at the memory")
    parser.add_argument("--quick", action="store_true", help="everything, on little: does it work?")
    parser.add_argument("--task", nargs="+", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.task:
        task, *words = chosen.task
        print(json.dumps({"bare": bare, "engine": engine, "forks": forks}[task](*words)))
        return
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:chosen.cores])
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)  # so that what a command leaves behind is counted
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    os.environ |= {"DATAML_LAB_SALT": "benchmark", "PATH": path}  # nbgrader calls `alembic` by name
    lesson, copies, serial, rounds, many = chosen.lesson, chosen.copies, chosen.serial, ROUNDS, THOUSAND
    if chosen.quick:
        lesson, copies, serial, rounds, many = SMALL, 4, 1, 1, 24
    cores = len(os.sched_getaffinity(0))
    print(f"{lesson}, {cores} cores, load average {' '.join(f'{load:.1f}' for load in os.getloadavg())}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        made = many if chosen.quick else max(copies, 2 * len(KINDS))
        course = course_of(Path(folder) / "course", lesson, made, cores)
        compare(course, lesson, copies, serial, cores, rounds)
        overhead(course, lesson, rounds)
        isolation()
        if chosen.parts is not None or chosen.quick:
            every = [part for part in PARTS if exercises(part)]
            classes(Path(folder), [SMALL] if chosen.quick else chosen.parts or every, cores)
        if chosen.thousand or chosen.quick:
            endure(course if chosen.quick else course_of(Path(folder) / "small", SMALL, many, cores), many, cores)
    print(f"Load average at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
