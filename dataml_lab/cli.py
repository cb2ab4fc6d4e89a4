"""The command `dataml-lab`. Exit codes: 0 done, 1 something is wrong (it says what), 2 the call was."""

import argparse
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Runs a command and returns its exit code. Ctrl-C ends any of them with 130 and leaves nothing half done."""
    # nbgrader calls `alembic` by name, and nobody need activate the environment.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    # Threads that wait burn no processor time, of which a call of an answer has five seconds.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    for stream in (sys.stdout, sys.stderr):  # Windows writes to a file or a pipe in an encoding without ✓
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    if "lessons" in options:
        options.lessons = [part for parts in options.lessons for part in parts]
    try:
        return options.command(options)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # as of `dataml-lab progress | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dataml-lab", description="The workbook: open it, build it, release it, and grade its graders.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    lab = _command(commands, "lab", _lab, "open the workbook in JupyterLab")
    lab.add_argument("--port", type=int, default=8888, help="port to serve on; the next free one if taken")
    lab.add_argument("--no-browser", action="store_true", help="print the address, open no browser")
    lab.add_argument("--instructor", action="store_true", help="the course folder with nbgrader's menus, no work/")
    _command(commands, "progress", _show_reached, "say what is done, what is next, and the points so far")
    check = _command(commands, "check", _check, "run the checks of a notebook's answers, here in the terminal")
    check.add_argument("file", type=Path, metavar="FILE", help="a part's notebook, such as one of those in work/")
    check.add_argument("--watch", action="store_true", help="again each time the file is saved, until Ctrl-C")
    check.add_argument("--json", action="store_true", help="for programs")
    _command(commands, "update", _update, "take a part's newest release, with the answers that you wrote").add_argument(
        "part", type=_part, metavar="PART", help="such as 01a or 01a_ingest")
    reset = _command(commands, "reset", _reset, "put back a part, or an exercise of it, as it was released; asks first")
    reset.add_argument("part", type=_part, metavar="PART", help="such as 01a or 01a_ingest")
    reset.add_argument("exercise", nargs="?", metavar="EXERCISE", help="only this answer, such as fetch_all")
    reset.add_argument("--yes", action="store_true", help="don't ask")
    doctor = _command(commands, "doctor", _doctor, "say what works on this machine, and what to do about the rest")
    doctor.add_argument("names", type=_examined, nargs="*", metavar="NAME",
                        help="only this, such as spark; the exit code is 1 where it is missing")
    doctor.add_argument("--json", action="store_true", help="for programs")
    build = _command(commands, "build", _build, "make the notebooks of changed lessons from their sources")
    _names_parts(build)
    build.add_argument("--force", action="store_true", help="also those that have not changed")
    release = _command(commands, "release", _release, "make the students' notebooks, keep them, and fill the gradebook")
    _names_parts(release)
    _grade_options(_command(commands, "grade", _grade, "grade what was handed in and is new or changed"))
    _regrade_options(_command(commands, "regrade", _regrade, "judge again by changed checks, and say who moves"))
    _roster_options(_command(commands, "roster", _roster, "say who is in the class, and who handed in nothing"))
    _collect_options(_command(commands, "collect", _collect, "take downloads of a learning platform into submitted/"))
    _simulate_options(_command(commands, "simulate-class", _simulate, "draw a class to rehearse with"))
    _feedback_options(_command(commands, "feedback", _feedback, "make a page for each student and part"))
    _report_options(_command(commands, "report", _report, "write a page about the class, and what to look at"))
    _export_options(_command(commands, "export", _export, "write a table of points for a learning platform"))
    _catalogue_options(_command(commands, "catalogue", _catalogue, "try right and wrong answers on the checks"))
    _leakcheck_options(_command(commands, "leakcheck", _leakcheck, "find data leakage in notebooks and scripts"))
    _drift_options(_command(commands, "drift", _drift, "say what changed from one table to another, in files"))
    _experiment_options(_command(commands, "experiment", _experiment, "decide an A/B test: ship, keep or invalid"))
    return parser


def _command(commands: argparse._SubParsersAction, name: str, run: Callable, about: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
    parser.set_defaults(command=run)
    return parser


def _parts(name: str) -> list[str]:
    """The part of that name, or of that number and letter; all parts of the lesson of that number."""
    from dataml_lab.checks import PARTS, RETIRED

    of_lesson = [part for part in PARTS if name in (part[:2], part.partition("_")[0])]
    if not of_lesson and name not in {*PARTS, *RETIRED}:
        raise argparse.ArgumentTypeError(f"there is no part {name}; there are: {', '.join(PARTS)}")
    return of_lesson or [name]


def _part(name: str) -> str:
    """The one part of that name, or of that number and letter."""
    found = _parts(name)
    if len(found) > 1:
        raise argparse.ArgumentTypeError(f"{name} has several parts: {', '.join(found)}")
    return found[0]


def _examined(name: str) -> str:
    """The name of what the doctor examines."""
    from dataml_lab.doctor import EXAMINED

    if name not in EXAMINED:
        raise argparse.ArgumentTypeError(f"there is no {name}; there are: {', '.join(EXAMINED)}")
    return name


def _names_parts(parser: argparse.ArgumentParser) -> None:
    """Gives a command the argument LESSON; in `lessons` is then a list for each that was named."""
    parser.add_argument("lessons", nargs="*", type=_parts, metavar="LESSON",
                        help="such as 01, for all of its parts, 01a or 01a_ingest; default: all")


def _grade_options(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--again", action="store_true", help="also what has not changed since it was graded")
    parser.add_argument("--executor", default="here", choices=("here", "dask"), help="who judges; default: here")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster that is there: tcp://host:8786")
    _judging_options(parser)
    parser.epilog = """Submissions lie in submitted/<student>/<lesson>/. Scores go into gradebook.db, the notebooks with
their outputs into autograded/, and all that was found into attempts/. Each problem is a line: a file that can't be
read, that came late, or that lies where nothing is graded; damage that was repaired, a process that was ended, and
signs of an attack on the grader.
It can be interrupted, and started again: what is graded stays, and nothing is graded twice.
With --executor dask, the workers of a Dask cluster judge, in sandboxes on their machines. Each needs this package, and
the course folder under the path that it has here; scores are written here. `make dask` installs what that needs.
The exit code is 1 if something could not be read or graded."""


def _regrade_options(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--dry-run", action="store_true", help="say who would move, and write nothing")
    _judging_options(parser)
    parser.epilog = """Type it after an update of this package, or after changes of your own to checks. What was judged
by other checks, or against another release, than there are now is judged again. For each student who moves: points
before and after, and each property that changed, with the sentence of its check. Marks that a person gave stay; those
that were given to something else are named. Begin with --dry-run. It can be interrupted, and started again: nothing is
judged twice, and what moved is said of all.

The exit code is 1 if something could not be judged again."""


def _judging_options(parser: argparse.ArgumentParser) -> None:
    """Gives a command what those have in common that judge submissions."""
    _names_parts(parser)
    parser.add_argument("--student", action="append", metavar="S", help="only this student's; may be repeated")
    parser.add_argument("--workers", type=int, default=_cores(), metavar="N", help="side by side; default: one a core")
    parser.add_argument("--no-sandbox", action="store_true", help="run submissions with your own rights, unprotected")
    parser.add_argument("--json", action="store_true", help="for programs")
    _names_course(parser)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _roster_options(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a CSV file; default: the roster as kept")
    _names_course(parser)
    parser.epilog = """FILE is what a learning platform exports: a line of names, then a line for each student. A column
identifies a student, and is the folder's name in submitted/: id, username, login, sis login id, id number or
student id. Others may be: name, or first name and last name; section; email; user id, the platform's own number; and
for more time `extension 01a_ingest`, in days. The roster is kept as roster.csv, and entered into gradebook.db.

The exit code is 1 if a row was left out, 2 if FILE is no roster."""


def _collect_options(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE_OR_FOLDER", help="a zip, a folder or a notebook")
    _names_course(parser)
    parser.epilog = """What Canvas, Moodle and Gradescope give is understood as it comes, and so are folders by student,
and zips in zips. A student is found by the roster: id, address, name, or the platform's number. A part is found by a
file's name, then by its cells. Every attempt is kept in collected/, the newest goes to submitted/. Collecting again
changes nothing. Links, paths that lead elsewhere, and archives that are too large are left out, and named.

The exit code is 1 if something could not be matched, 2 if a download can't be read."""


def _simulate_options(parser: argparse.ArgumentParser) -> None:
    _names_parts(parser)
    parser.add_argument("--students", type=int, default=24, metavar="N", help="how many; default: 24")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="another class for each; default: 0")
    parser.add_argument("--platform", default="moodle", choices=("canvas", "moodle", "gradescope", "folders"),
                        help="in whose shape it hands in; default: moodle")
    parser.add_argument("--out", type=Path, default=Path("simulated"), metavar="DIR", help="default: simulated/")


def _feedback_options(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    _names_parts(parser)
    parser.add_argument("--student", action="append", metavar="S", help="only this student's; may be repeated")
    parser.add_argument("--zip", type=Path, metavar="OUT", help="also pack the pages, in a folder for each student")
    parser.add_argument("--shape", choices=("canvas", "moodle"), help="pack them as that platform takes them back")
    _names_course(parser)
    parser.epilog = """Pages lie in feedback/<student>/<part>/<part>.html, where nbgrader has its own. They are
made of the last grading and the gradebook: points, what was lost and why, comments and marks of a person, penalties,
repairs. They stand alone, for a browser, without a network. Type it again after grading or marking: pages that would be
the same are left alone.
With --shape, --zip back.zip makes an archive for each part, such as back_01a_ingest.zip, in which pages have the names
that `collect` found in the download. Canvas takes it under “Upload Submissions” in the gradebook's menu of the
assignment; Moodle under “Upload multiple feedback files in a zip”. Gradescope takes none back.

The exit code is 1 if something is not graded yet, 2 if there is no gradebook."""


def _report_options(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    _names_parts(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="the page; default: report.html in the course folder")
    _names_course(parser)
    parser.epilog = """Of each part: how points are distributed, which properties are hardest, which mistakes of the
catalogue answers show and how many, and which long answers are the same but for names and comments. Of the class: who
handed in nothing (by the roster) or tried nothing, damage, and signs of an attack. What to look at is also a table,
beside the page and of its name, with the ending .csv.

The exit code is 2 if there is no gradebook."""


def _export_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", default="csv", choices=("csv", "canvas", "moodle", "blackboard", "gradescope"),
                        help="of which platform; default: csv")
    parser.add_argument("--by", default="part", choices=("exercise", "part", "lesson"), help="columns; default: part")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: printed")
    _names_course(parser)


def _names_course(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--course", type=Path, metavar="DIR", help="the course folder; default: this checkout")


def _catalogue_options(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    _names_parts(parser)
    parser.add_argument("--answers", type=Path, metavar="DIR", action="append",
                        help="try the answers in this folder instead of the course's; may be repeated")
    parser.add_argument("--salt", action="append", metavar="S", help="hidden worlds to try; may be repeated")
    parser.add_argument("--share", type=float, default=1, metavar="F",
                        help="try a share of the answers, such as 0.3, which each salt draws; default: all")
    parser.add_argument("--workers", type=int, default=_cores(), metavar="N", help="side by side; default: one a core")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.epilog = """Answers are tried as submissions are graded, in sandboxed processes. Without LESSON, exercises of
several lessons may lie in DIR. To try the course's answers beside yours, name their folder too:
  dataml-lab catalogue --answers mine --answers solutions/01a_ingest/answers

An answer is a file DIR/<exercise>/right_<how>.py or wrong_<mistake>.py. Its docstring opens with a sentence; then may
follow, a line each:
  fails: <property>; <property>   all the properties that it loses
  points: <number>                what it earns
  says: <words>                   words of the sentence that its author is shown
A right answer earns all points; a wrong one needs `fails:` or `points:`.

Or it is an edit of a right answer beside it, in DIR/<exercise>/mistakes.toml:
  [<mistake>]
  mistake = "<sentence>"
  of = "right_<how>"
  edits = [["<old>", "<new>"], …]   each old text stands once in the answer that is edited
  fails = ["<property>", …]         and points, says as above

The exit code is 1 if any verdict is not as expected, 2 if answers can't be read or tried."""


def _leakcheck_options(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a notebook (.ipynb) or a script (.py)")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.epilog = """Files are read, never run. Each finding is a line with the place, the kind, why, and the mend:
  preprocessing  something is fitted to, or computed from, rows that are tested on later
  overlap        the same rows are fitted and tested
  multi-test     the test is looked at for several candidates, or decides when training stops

Categories that become columns (get_dummies) or numbers (LabelEncoder, factorize) are no finding: they put no statistic
into a row. Neither are several metrics of one model, candidates compared on rows named for validation, nor a baseline.

The exit code is 0 if nothing is found, 1 if something is, and 2 if a file can't be read; the others are read all the
same."""


def _drift_options(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("reference", type=Path, metavar="REFERENCE", help="a table, or a profile that --keep wrote")
    parser.add_argument("current", type=Path, metavar="CURRENT", help="a table with the same columns")
    windows = parser.add_mutually_exclusive_group()
    windows.add_argument("--day", metavar="COLUMN", help="the reference's days, by this time, say what is usual")
    windows.add_argument("--week", metavar="COLUMN", help="the reference's weeks do")
    windows.add_argument("--group", metavar="COLUMN", help="rows of one group, such as a customer, are alike")
    parser.add_argument("--html", type=Path, metavar="OUT", help="write the report as a page, too")
    parser.add_argument("--keep", type=Path, metavar="OUT", help="write the reference's profile, a few kB a column")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.epilog = """Files are CSV with a line of names (.csv), Parquet (.parquet), or a profile (.json).

A change is drift if it is more than chance explains, at a rate of 5 % of false alarms among alarms, and large enough to
matter: a tenth of the rows have moved, or 0.5 % have a new category, or missing values came from 0 to 1 %, say.
Rows are taken for independent of each other, unless --day, --week or --group says how they depend. With --day or --week
CURRENT is one day or week. Without, columns of times are not compared.

The exit code is 0 if nothing drifts, 1 if something does, and 2 if the files can't be compared."""


def _experiment_options(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV or Parquet, a row for each user")
    parser.add_argument("--metric", action="append", default=[], metavar="NAME",
                        help="a column, or a ratio of two, such as spent/orders; the first decides; default: all")
    parser.add_argument("--guardrail", action="append", default=[], type=_margin, metavar="NAME=MARGIN",
                        help="nothing ships unless a harm of MARGIN is ruled out")
    parser.add_argument("--lower", action="append", default=[], metavar="NAME", help="a metric that is better if lower")
    parser.add_argument("--control", default="control", metavar="ARM", help="the arm to compare with; default: control")
    parser.add_argument("--share", type=float, default=0.5, metavar="F", help="planned share of the other arm: 0.5")
    parser.add_argument("--units", type=int, metavar="N", help="planned users of both arms, or clusters")
    parser.add_argument("--looks", choices=("once", "daily", "always"), default="once",
                        help="planned looks: at the end, as days end, or at any time")
    parser.add_argument("--alpha", type=float, default=0.05, metavar="F", help="error of the intervals: 0.05")
    parser.add_argument("--html", type=Path, metavar="OUT", help="write the report as a page, too")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.epilog = """The file has a column user_id and a column arm, with two arms. A column day is the day on which a
user came in, for looks as days end. With a column cluster, whole clusters were randomised. A column <metric>_before is
the metric before the experiment, and makes the interval narrower (CUPED). A column of 0 and 1 is a proportion.

The exit code is 0 for ship and keep; 1 if the experiment is invalid, or the table is refused, as with a user in both
arms; 2 if the file can't be read or the call can't be followed."""


def _margin(text: str) -> tuple[str, float]:
    """NAME=MARGIN."""
    name, _, margin = text.rpartition("=")
    try:
        return name, float(margin)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not NAME=MARGIN, such as errors=0.05") from None


def _lab(options: argparse.Namespace) -> int:
    from dataml_lab.grading import COURSE
    from dataml_lab.lab import command

    os.chdir(COURSE)
    arguments = command(options.port, options.no_browser, *([] if options.instructor else [_prepared(COURSE)]))
    if sys.platform != "win32":
        os.execv(arguments[0], arguments)  # JupyterLab takes this process over, and with it Ctrl-C
    return subprocess.call(arguments)  # on Windows, exec would end this process, and leave JupyterLab without Ctrl-C


def _prepared(course: Path) -> str:
    """Makes the student's folder ready, says what is new in it, and returns the page to open."""
    from dataml_lab.checks.overview import PROGRESS
    from dataml_lab.lab import environment
    from dataml_lab.work import prepare

    prepared = prepare(course)
    os.environ.update(environment(course / PROGRESS))
    print(prepared, flush=True)
    return prepared.page


def _show_reached(options: argparse.Namespace) -> int:
    from dataml_lab.checks import PARTS
    from dataml_lab.checks.overview import overview
    from dataml_lab.grading import COURSE

    print(overview(COURSE, PARTS))
    return 0


def _check(options: argparse.Namespace) -> int:
    from dataml_lab.checking import saves
    from dataml_lab.checks.overview import PROGRESS
    from dataml_lab.checks.reached import VARIABLE
    from dataml_lab.grading import COURSE

    if options.file.resolve().is_relative_to(COURSE / "work"):
        os.environ.setdefault(VARIABLE, str(COURSE / PROGRESS))
    for _ in saves(options.file) if options.watch else [None]:
        code = _checked(options.file, options.json)
        if options.watch:
            print(f"{time.strftime('%H:%M:%S')}  Waiting until {options.file} is saved; Ctrl-C ends this.", flush=True)
    return code


def _checked(file: Path, as_json: bool) -> int:
    """Runs the checks of a notebook and prints what they say."""
    from dataml_lab.checking import checks

    found = []
    try:
        for said in checks(file, _progress("cell")):
            found.append(said)
            if not as_json:
                print(f"{said.text}\n", flush=True)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps([said._asdict() for said in found]))
    return int(not all(said.is_whole for said in found))


def _update(options: argparse.Namespace) -> int:
    from dataml_lab.work import update

    return _kept(options.part, update)


def _reset(options: argparse.Namespace) -> int:
    from dataml_lab.work import reset

    what = f"the answer to {options.exercise} in {options.part}" if options.exercise else f"the whole of {options.part}"
    question = f"Put back {what} as it was released? Your file is kept. [y/N] "
    if not options.yes and input(question).strip().lower() not in ("y", "yes"):
        print("Nothing was changed.")
        return 1
    return _kept(options.part, reset, options.exercise)


def _kept(part: str, change: Callable[..., Path], *more: str | None) -> int:
    """Changes a part in the student's folder, and says where the file that was there is kept."""
    from dataml_lab.grading import COURSE
    from dataml_lab.work import WorkError

    try:
        kept = change(COURSE, part, *more)
    except (WorkError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Done. Your file is kept as {kept.relative_to(COURSE)}. If {part} is open in JupyterLab: "
          "File > Reload Notebook from Disk.")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from dataml_lab.doctor import examinations

    found = []
    for result in examinations(options.names):
        found.append(result)
        if not options.json:
            print(result, flush=True)
    if options.json:
        print(json.dumps([result._asdict() for result in found]))
    bad = ("broken", "missing") if options.names else ("broken",)
    return int(any(result.state in bad for result in found))


def _build(options: argparse.Namespace) -> int:
    from dataml_lab.grading import COURSE
    from dataml_lab.grading.build import build, is_current

    def one(lesson: str) -> str:
        if not options.force and is_current(COURSE, lesson):
            return "unchanged"
        started = time.monotonic()
        build(COURSE, lesson)
        return f"built in {time.monotonic() - started:.0f} s"
    return _each_lesson(options.lessons, one)


def _release(options: argparse.Namespace) -> int:
    from dataml_lab.grading import COURSE
    from dataml_lab.grading.build import release, release_path

    def one(lesson: str) -> str:
        version = release(COURSE, lesson, COURSE / "gradebook.db")
        return f"released as version {version}: hand out {release_path(COURSE, lesson).relative_to(COURSE)}"
    return _each_lesson(options.lessons, one)


def _grade(options: argparse.Namespace) -> int:
    return _beside_judges(partial(_judging, _graded), options)


def _regrade(options: argparse.Namespace) -> int:
    return _beside_judges(partial(_judging, _regraded), options)


def _beside_judges(command: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    """Runs a command that forks judges, as only Linux can."""
    from dataml_lab.grading.engine.template import JUDGES, hindrance
    from dataml_lab.grading.environment import environment

    if sys.platform != "linux":
        print(hindrance(), file=sys.stderr)
        return 2
    with environment(**JUDGES):
        return command(options)


def _judging(command: Callable[[Path, argparse.Namespace], int], options: argparse.Namespace) -> int:
    """Runs a command that judges the submissions of a course, and says what keeps it from that."""
    from dataml_lab.grading import COURSE
    from dataml_lab.grading.attempts import BusyError
    from dataml_lab.grading.cluster import ClusterError
    from dataml_lab.grading.engine.template import TemplateError, hindrance
    from dataml_lab.grading.gradebook import GradebookError

    course = options.course or COURSE
    if missing := _missing(course, options.student or []):
        print(missing, file=sys.stderr)
        return 1
    try:
        return command(course, options)
    except TemplateError as error:
        advice = "With --no-sandbox, submissions run unprotected, with your rights."
        print(hindrance() or error, advice, file=sys.stderr)
        return 2
    except (BusyError, GradebookError, ClusterError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1


def _graded(course: Path, options: argparse.Namespace) -> int:
    from dataml_lab.grading.results import summary

    if (options.executor == "dask") != bool(options.scheduler):
        print("--executor dask and --scheduler ADDRESS go together.", file=sys.stderr)
        return 2
    found = _batch(course, options)
    print(json.dumps(found) if options.json else summary(found, course))
    return int(any(one["trouble"] or one.get("problem") or one.get("broken") for one in found))


def _regraded(course: Path, options: argparse.Namespace) -> int:
    from dataml_lab.grading.submissions import lessons_handed_in
    from dataml_lab.term.regrade import regrade, summary

    lessons, found, started = options.lessons or lessons_handed_in(course), [], time.monotonic()
    for total, one in regrade(course, lessons, options.student, not options.no_sandbox, max(1, options.workers),
                              options.dry_run):
        found.append(one)
        _show_progress(started, len(found), total, "" if options.json else _printable(one.lines()))
    print(json.dumps([one.as_data() for one in found]) if options.json else summary(found, options.dry_run))
    return int(any(one.trouble for one in found))


def _printable(lines: Iterable[str]) -> str:
    """Lines for a terminal; what is in one stays in one."""
    from dataml_lab.grading.submissions import printable

    return "".join(f"{printable(line)}\n" for line in lines)


def _missing(course: Path, students: list[str]) -> str:
    """Says which of the folders that were named there is not; empty if all are there."""
    if not course.is_dir():
        return f"There is no folder: looked in {course}."
    unknown = [student for student in students if not (course / "submitted" / student).is_dir()]
    return f"There is no submission of {' or '.join(unknown)}: looked in {course / 'submitted'}." if unknown else ""


def _batch(course: Path, options: argparse.Namespace) -> list[dict]:
    """Grades, shows how far it is, and returns what came of each submission, for programs."""
    from dataml_lab.grading.grade import grade
    from dataml_lab.grading.submissions import lessons_handed_in

    lessons, found, started = options.lessons or lessons_handed_in(course), [], time.monotonic()
    for total, graded in grade(course, lessons, options.student, options.again, not options.no_sandbox,
                               max(1, options.workers), _executor(options)):
        found.append(graded.as_data())
        lines = [] if options.json else [f"{graded.submission}: {line}" for line in graded.problems()]
        _show_progress(started, len(found), total, _printable(" ".join(line.split()) for line in lines))
    return found + _misplaced(course, options)


def _executor(options: argparse.Namespace) -> Callable:
    """What judges submissions: a function with the parameters of `assessed`."""
    from dataml_lab.grading.cluster import on_cluster
    from dataml_lab.grading.grade import assessed

    return partial(on_cluster, options.scheduler) if options.executor == "dask" else assessed


def _misplaced(course: Path, options: argparse.Namespace) -> list[dict]:
    """Names what was handed in where nothing is graded, and returns it, for programs."""
    from dataml_lab.checks import PARTS, RETIRED
    from dataml_lab.grading.results import misplaced
    from dataml_lab.grading.strays import strays

    found = strays(course, options.lessons or [*PARTS, *RETIRED], options.student)
    if not options.json:
        print("".join(f"{stray}\n" for stray in found), end="", file=sys.stderr)
    return [misplaced(stray) for stray in found]


def _roster(options: argparse.Namespace) -> int:
    from dataml_lab.grading import COURSE
    from dataml_lab.term import roster

    course = options.course or COURSE
    try:
        students, problems = roster.read(options.file) if options.file else (roster.kept(course), ())
    except (roster.RosterError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.file:
        roster.keep(course, students)
        problems = [*problems, *roster.enter(course / "gradebook.db", students)]
    strangers = [f"{name} is in submitted/, and not in the roster" for name in roster.strangers(course, students)]
    print(*problems, *strangers, roster.sections(students), *roster.missing(course, students), sep="\n")
    return int(bool(problems))


def _collect(options: argparse.Namespace) -> int:
    from dataml_lab.grading import COURSE
    from dataml_lab.term import roster
    from dataml_lab.term.collect import collect

    course = options.course or COURSE
    try:
        found = collect(course, options.files, roster.kept(course))
    except (roster.RosterError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(found)
    return int(bool(found.lines))


def _simulate(options: argparse.Namespace) -> int:
    from dataml_lab.checks import PARTS
    from dataml_lab.grading import COURSE
    from dataml_lab.term.simulate import simulate

    try:
        files = simulate(COURSE, options.lessons or list(PARTS), options.students, options.seed, options.platform,
                         options.out)
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    print(*files, sep="\n")
    print(f"In a course of its own, such as another clone: dataml-lab roster {files[0]}, then collect the others.")
    return 0


def _feedback(options: argparse.Namespace) -> int:
    from dataml_lab.grading import COURSE
    from dataml_lab.grading.gradebook import GradebookError
    from dataml_lab.grading.submissions import lessons_handed_in, printable
    from dataml_lab.term.feedback import feedback, packed, said

    course = options.course or COURSE
    if options.shape and not options.zip:
        print("--shape is that of an archive: name one with --zip OUT.", file=sys.stderr)
        return 2
    if missing := _missing(course, options.student or []):
        print(missing, file=sys.stderr)
        return 1
    try:
        found = list(feedback(course, options.lessons or lessons_handed_in(course), options.student))
        packs = [*packed(found, options.zip, options.shape or "")] if options.zip else []
    except (GradebookError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(map(printable, said(found).splitlines())))
    print(*(f"{printable(str(pack))}\n" for pack in packs), sep="", end="")
    return int(any(one.trouble for one in found) or any(pack.left_out for pack in packs))


def _report(options: argparse.Namespace) -> int:
    from dataml_lab.grading import COURSE
    from dataml_lab.grading.attempts import write_whole
    from dataml_lab.grading.gradebook import GradebookError
    from dataml_lab.grading.submissions import lessons_handed_in
    from dataml_lab.term import roster
    from dataml_lab.term.class_page import class_page
    from dataml_lab.term.report import as_csv, report

    course = options.course or COURSE
    out = options.out or course / "report.html"
    try:
        students = roster.kept(course) if (course / roster.KEPT).exists() else ()
        found = report(course, options.lessons or lessons_handed_in(course), students)
        looks = [look for one in found for look in one.looks]
        write_whole(out, class_page(found, bool(students)))
        write_whole(out.with_suffix(".csv"), as_csv(looks))
    except (roster.RosterError, GradebookError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(found)} parts in {out}; {len(looks)} things to look at, also in {out.with_suffix('.csv').name}.")
    return 0


def _export(options: argparse.Namespace) -> int:
    from dataml_lab.grading import COURSE
    from dataml_lab.grading.attempts import write_whole
    from dataml_lab.grading.gradebook import GradebookError
    from dataml_lab.term import export, roster
    from dataml_lab.term.scores import columns, scores

    course = options.course or COURSE
    try:
        students, found = roster.kept(course), scores(course)
        text = export.table(options.format, students, columns(found, options.by))
        if options.out:
            write_whole(options.out, text)
    except (roster.RosterError, GradebookError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(*(f"{remark}\n" for remark in export.remarks(students, found)), sep="", end="", file=sys.stderr)
    print(f"{len(students)} students in {options.out}" if options.out else text.rstrip("\n"))
    return 0


def _show_progress(started: float, done: int, total: int, report: str) -> None:
    """Prints a report, and how far the grading is: on a terminal on one line, elsewhere now and then."""
    left = (time.monotonic() - started) / done * (total - done)
    if sys.stderr.isatty():
        print(f"\r\033[K{report}graded {done} of {total}, about {left:.0f} s left ", end="" if done < total else "\n",
              file=sys.stderr, flush=True)
    elif report or done % 50 == 0 or done == total:
        print(f"{report}graded {done} of {total}", file=sys.stderr, flush=True)


def _each_lesson(lessons: list[str], work: Callable[[str], str]) -> int:
    """Does the work for each lesson, a line each; a lesson that fails doesn't keep the others from theirs."""
    from dataml_lab.checks import PARTS
    from dataml_lab.grading.build import BuildError
    from dataml_lab.grading.releases import ReleaseError
    from dataml_lab.grading.source import SourceError

    failed = 0
    for lesson in lessons or PARTS:
        try:
            print(f"{lesson}: ", end="", flush=True)
            print(work(lesson))
        except (BuildError, ReleaseError, SourceError, OSError) as error:
            failed += 1
            print("failed", flush=True)
            print(error, file=sys.stderr)
    return int(failed > 0)


def _catalogue(options: argparse.Namespace) -> int:
    return _beside_judges(_tried, options)


def _tried(options: argparse.Namespace) -> int:
    from dataml_lab.checks import PARTS
    from dataml_lab.grading import COURSE, trials
    from dataml_lab.grading.catalogue import CatalogueError
    from dataml_lab.grading.engine.template import TemplateError, hindrance

    salts, lessons = options.salt or ["catalogue"], options.lessons or list(PARTS)
    try:
        found = trials.chosen(COURSE, lessons, options.answers or ())
        if trouble := hindrance():
            print(trouble, "Answers run without a sandbox.", file=sys.stderr)
        rows = trials.run(COURSE, found, salts, not trouble, max(1, options.workers), _progress("trials"),
                          options.share)
    except (CatalogueError, TemplateError) as error:
        print(error, file=sys.stderr)
        return 2
    wrong = sum(bool(row.surprises) for row in rows)
    if options.json:
        print(json.dumps([trials.as_json(row) for row in rows]))
    else:
        print(trials.matrix(rows))
        print(f"\n{len(rows)} answers in the hidden worlds of {len(salts)} salt(s): "
              f"{'all as expected' if not wrong else f'{wrong} not as expected'}.")
    return int(wrong > 0)


def _leakcheck(options: argparse.Namespace) -> int:
    from dataml_lab.leakage.leakcheck.report import check, table

    found = []
    for path in options.files:
        checked = check(path)
        found.append(checked)
        if checked.problem:
            print(checked.problem, file=sys.stderr)
        if not options.json:
            print("".join(f"{report}\n" for report in checked.reports), end="", flush=True)
    print(json.dumps([checked.as_data() for checked in found]) if options.json else f"\n{table(found)}")
    return 2 if any(one.error for one in found) else int(any(one.reports for one in found))


def _drift(options: argparse.Namespace) -> int:
    from dataml_lab.drift.files import UnreadableError, compared, kept

    try:
        report = compared(options.reference, options.current, options.day, options.week, options.group)
        if options.keep:
            options.keep.write_text(kept(options.reference), "utf-8")
        if options.html:
            options.html.write_text(report.page(f"From {options.reference.name} to {options.current.name}"), "utf-8")
    except (UnreadableError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(report.as_json() if options.json else report)
    return int(bool(report.drifted))


def _experiment(options: argparse.Namespace) -> int:
    from dataml_lab.experiments.command import report_on
    from dataml_lab.experiments.plan import Plan
    from dataml_lab.experiments.source import Unreadable

    plan = Plan(options.units, options.looks, options.share, options.control, options.alpha)
    try:
        report = report_on(options.file, options.metric, dict(options.guardrail), options.lower, plan)
        if options.html:
            options.html.write_text(report.page(options.file.name), "utf-8")
    except (Unreadable, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1
    print(json.dumps(report.as_data()) if options.json else report)
    return int(report.decision.verdict == "invalid")


def _progress(what: str) -> Callable[[int, int], None]:
    """Reports (done, all) on one line of a terminal, with the time left; quiet elsewhere."""
    started = time.monotonic()

    def report(done: int, total: int) -> None:
        left = (time.monotonic() - started) / done * (total - done)
        end = "\r\033[K" if done == total else ""
        print(f"\r{what} {done} of {total}, about {left:.0f} s left ", end=end, file=sys.stderr, flush=True)
    return report if sys.stderr.isatty() else lambda done, total: None


if __name__ == "__main__":
    sys.exit(main())
