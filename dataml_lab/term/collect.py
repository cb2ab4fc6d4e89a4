"""Notebooks from a learning platform, put where they are graded: `submitted/<student>/<part>/<part>.ipynb`.

Every attempt is kept in `collected/<part>/<student>/`, by its moment and its bytes, and beside it the platform's name
for it; the newest is the one that is graded. To collect the same download again changes nothing.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from dataml_lab.checks import PARTS
from dataml_lab.grading.attempts import write_whole
from dataml_lab.grading.strays import called
from dataml_lab.grading.submissions import SECRET, TIMESTAMP, Submission, is_notebook, printable
from dataml_lab.term.roster import Student
from dataml_lab.term.sources import GRADESCOPE, Found, LeftOut, Told, files, told_by_gradescope

CANVAS = re.compile(r"(?P<who>[^_]+)_(?:late_)?(?P<platform>\d+)_\d+_(?P<file>.+)", re.IGNORECASE)
MOODLE = re.compile(r"(?P<who>.+)_\d+_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)", re.IGNORECASE)
EXCHANGE = re.compile(r"(?P<who>[^+]+)\+(?P<file>[^+]+)\+(?P<moment>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\S* UTC(?:\+.*)?")
AGAIN = re.compile(r"[-(](\d{1,3})\)?\.ipynb$", re.IGNORECASE)  # of an attempt that a platform or a browser numbered
STAMP = "%Y-%m-%d_%H-%M-%S"
MOST_SECRET = 200  # characters
NOTES = (GRADESCOPE, TIMESTAMP, SECRET)  # of platforms
NO_WORK = ("__MACOSX", ".DS_Store", ".ipynb_checkpoints")


class Attempt(NamedTuple):
    """A notebook that somebody handed in: its file's name and bytes, when it came (UTC), the name of a file or folder
    by which a download says whose it is, and the secret by which nbgrader's exchange gives feedback; empty where there
    is none."""

    student: str
    part: str
    name: str
    data: bytes
    moment: datetime
    came_as: str = ""
    secret: str = ""


class Collected(NamedTuple):
    """What came of a download: attempts that are new, how many were known, and a line for all that didn't match."""

    new: tuple[Attempt, ...]
    known: int
    lines: tuple[str, ...]

    def __str__(self) -> str:
        by_part = {part: [one for one in self.new if one.part == part] for part in PARTS}
        said = [f"{part}: {len(new)} new attempts of {len({one.student for one in new})} students"
                for part, new in by_part.items() if new]
        known = [f"{self.known} attempts had been collected before."] if self.known else []
        return "\n".join([*self.lines, *said, *known] or ["Nothing was found that could be handed in."])


def collect(course: Path, paths: Iterable[Path], students: tuple[Student, ...]) -> Collected:
    """Takes what students handed in from downloads into the course; OSError if a download can't be read."""
    new, known, lines = [], 0, []
    for path in paths:
        for attempt in _attempts(path, students):
            if isinstance(attempt, str):
                lines.append(attempt)
            elif _keep(course, attempt):
                new.append(attempt._replace(data=b""))
            else:
                known += 1
    for student, part in sorted({(one.student, one.part) for one in new}):
        _hand_in_newest(Submission(course, student, part))
    return Collected(tuple(new), known, tuple(filter(None, lines)))


def _attempts(path: Path, students: tuple[Student, ...]) -> Iterator[Attempt | str]:
    """The attempts in a download, and a line for what is none. It is read twice, and no two files are held at once."""
    lists, secrets = {}, {}
    for one in files(path):
        if isinstance(one, Found) and one.trail[-1] == GRADESCOPE and not _whose(one.trail[:-1], students)[0]:
            lists[one.trail[:-1]] = told_by_gradescope(one)
        elif isinstance(one, Found) and one.trail[-1] == SECRET:
            secrets[one.trail[:-1]] = printable(one.data[:MOST_SECRET].decode("ascii", "replace"))
    outermost_first = sorted(lists.items(), key=lambda item: len(item[0]))
    for one in files(path):
        attempt = str(one) if isinstance(one, LeftOut) else _attempt(one, outermost_first, students)
        yield attempt if isinstance(attempt, str) else attempt._replace(secret=secrets.get(one.trail[:-1], ""))


def _attempt(found: Found, lists: list[tuple[tuple[str, ...], dict[str, Told]]],
             students: tuple[Student, ...]) -> Attempt | str:
    """Whose notebook a file is, and of which part; a line that says what is missing, or nothing of what is no work."""
    name = found.trail[-1]
    if name in NOTES or any(other in NO_WORK or other.startswith("._") for other in found.trail):
        return ""
    told = next((listed[found.trail[len(above)]] for above, listed in lists
                 if found.trail[:len(above)] == above and found.trail[len(above)] in listed), None)
    whose, depth = (_fitting(told.students, students), len(found.trail)) if told else _whose(found.trail, students)
    if not is_notebook(name):
        return f"{found} is no notebook" + (f": ask {whose[0].id} for it" if len(whose) == 1 else "")
    if len(whose) != 1:
        why = f"it may be of {' or '.join(one.id for one in whose)}" if whose else "nobody in the roster is called so"
        return f"{found} is not collected: {why}. Put it into submitted/<student>/<part>/."
    part, moment = part_of(found), (told and told.moment) or _moment(found, depth)
    return Attempt(whose[0].id, part, name, found.data, moment, "" if told else found.trail[depth - 1]) if part else (
        f"{found} is not collected: it is no part's notebook, as far as its name and its cells tell.")


def _moment(found: Found, depth: int) -> datetime:
    """When a file was handed in: as nbgrader's exchange, such as that of a JupyterHub, wrote into the name that says
    whose it is, or the first stamp from that name inwards. What is further inside, a student may have written."""
    if match := EXCHANGE.fullmatch(found.trail[depth - 1]):
        return datetime.fromisoformat(match["moment"]).replace(tzinfo=UTC)
    return next(stamp.moment for stamp in found.stamps if stamp.depth >= depth)


def _whose(trail: tuple[str, ...], students: tuple[Student, ...]) -> tuple[list[Student], int]:
    """The students whom the outermost name of a path fits that fits any, and how many names lead to it: what is inside,
    a student may have named."""
    for depth, name in enumerate(trail, 1):
        if found := _fitting(_names(name, depth == len(trail)), students):
            return found, depth
    return [], len(trail)


def _names(name: str, of_the_file: bool) -> list[str]:
    """What a name in a path may say of a student."""
    match = EXCHANGE.fullmatch(name) or MOODLE.fullmatch(name) or CANVAS.fullmatch(name)
    found = [match["who"], match.groupdict().get("platform") or "", name] if match else [name]
    if of_the_file or name.lower().endswith(".zip"):
        found.append(Path(name).stem)
    return [*found, found[-1].partition("_")[0], found[-1].rpartition("_")[2]] if of_the_file else found


def _fitting(names: Iterable[str], students: tuple[Student, ...]) -> list[Student]:
    """The students whom the first of these names fits that fits any."""
    for name in map(plain, names):
        if name and (found := [one for one in students if name in _keys(one)]):
            return found
    return []


def _keys(student: Student) -> set[str]:
    """What a student may be called, in plain letters and digits."""
    called = [student.id, student.email, student.email.partition("@")[0], student.platform]
    called += [student.first + student.last, student.last + student.first] if student.first and student.last else []
    return set(filter(None, map(plain, called)))


def plain(text: str) -> str:
    """Letters and digits in lower case, without accents.

    >>> plain("O'Brien, Zoë"), plain("Łukasz") == plain("łukasz")
    ('obrienzoe', True)
    """
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text).casefold()))


def part_of(found: Found) -> str:
    """The part whose notebook a file is, by its name, then by the exercises in it; empty if neither tells."""
    if part := next(filter(None, (called(name) for name in reversed(found.trail))), ""):
        return part
    try:
        cells = json.loads(found.data)["cells"]
        marks = {cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
    count = {part: len(marks & {*PARTS[part].exercises}) for part in PARTS}
    best = max(count, key=count.get)
    return best if count[best] else ""


def _folder(course: Path, part: str, student: str) -> Path:
    """Where all attempts of a student are kept."""
    return course / "collected" / part / student


def _keep(course: Path, attempt: Attempt) -> bool:
    """Keeps an attempt; False if the same bytes are kept already. Of these the earliest moment counts."""
    digest = hashlib.sha256(attempt.data).hexdigest()[:12]
    folder = _folder(course, attempt.part, attempt.student)
    again = AGAIN.search(attempt.name)
    number = int(again[1]) if again else 0
    name = f"{attempt.moment.strftime(STAMP)}_{number:03d}_{digest}.ipynb"
    same = [path.name for path in folder.glob(f"*_{digest}.ipynb")]
    if earlier := min((other for other in same if other <= name), default=""):
        _note(folder / earlier, attempt)
        return False
    write_whole(folder / name, attempt.data)
    _note(folder / name, attempt)
    for other in same:
        (folder / other).unlink()
        (folder / other).with_suffix(".txt").unlink(missing_ok=True)
    return True


def _note(kept: Path, attempt: Attempt) -> None:
    """Notes beside an attempt by which name its download says whose it is, and its secret, unless that is noted."""
    note = kept.with_suffix(".txt")
    if attempt.came_as and not note.exists():
        write_whole(note, f"{printable(attempt.came_as)}\n{attempt.secret}\n")


def _noted(kept: Path) -> tuple[str, str]:
    """What is noted beside an attempt: a name, and a secret; empty where that isn't known."""
    note = kept.with_suffix(".txt")
    name, secret = note.read_text("utf-8").splitlines() if note.exists() else ("", "")
    return name, secret


def came_as(submission: Submission) -> str:
    """The name by which the download of the newest attempt says whose it is; empty where that isn't known."""
    newest = max(_folder(submission.course, submission.lesson, submission.student).glob("*.ipynb"), default=None)
    return _noted(newest)[0] if newest else ""


def _hand_in_newest(submission: Submission) -> None:
    """Puts the newest attempt where it is graded. What lay there and isn't known is kept as an attempt of its own."""
    folder, student, part = submission.folder, submission.student, submission.lesson
    target = folder / f"{part}.ipynb"
    if target.is_file() and not target.is_symlink():
        moment = datetime.fromtimestamp(target.stat().st_mtime, UTC)
        _keep(submission.course, Attempt(student, part, target.name, target.read_bytes(), moment))
    newest = max(_folder(submission.course, part, student).glob("*.ipynb"))
    moment = datetime.strptime(newest.name[:19], STAMP)
    write_whole(target, newest.read_bytes())
    write_whole(folder / TIMESTAMP, f"{moment:%Y-%m-%d %H:%M:%S} UTC\n")
    if secret := _noted(newest)[1]:
        write_whole(folder / SECRET, secret)
    else:
        (folder / SECRET).unlink(missing_ok=True)
