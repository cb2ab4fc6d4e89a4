"""What lies in downloads of learning platforms: folders, archives, and archives in archives, read without unpacking.

Nothing is written under a name from an archive. Links, what is encrypted, and what is too large, too many or too deep
is left out and told.
"""

import re
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple

import yaml

from dataml_lab.grading.submissions import MOST_BYTES, inside, printable

MOST_ENTRIES, MOST_TOTAL = 100_000, 8 << 30  # of one download
DEEPEST = 3  # archives in one another
GRADESCOPE = "submission_metadata.yml"


class Stamp(NamedTuple):
    """When a file was written (UTC), and how many names of a trail lead to it."""

    depth: int
    moment: datetime


class Found(NamedTuple):
    """A file: the folders, archives and file names that lead to it, its bytes, and when the archives that it is in, and
    at last it itself, were written, from outside inwards."""

    trail: tuple[str, ...]
    data: bytes
    stamps: tuple[Stamp, ...]

    def __str__(self) -> str:
        return printable("/".join(self.trail))


class LeftOut(NamedTuple):
    """A file that is left out, and why."""

    trail: tuple[str, ...]
    why: str

    def __str__(self) -> str:
        return f"{printable('/'.join(self.trail))} is left out: {self.why}"


def files(path: Path) -> Iterator[Found | LeftOut]:
    """The files of a folder, an archive or a notebook, in the order of their names; OSError if it can't be read."""
    if path.is_dir():
        for file in sorted(inside(path)):
            trail = file.relative_to(path).parts
            if file.is_symlink():
                yield LeftOut(trail, "it is a link, and none is followed")
            elif file.is_file():
                yield from _file(file, trail)
    else:
        yield from _file(path, (path.name,))


def _file(path: Path, trail: tuple[str, ...]) -> Iterator[Found | LeftOut]:
    stamps = (Stamp(len(trail), datetime.fromtimestamp(path.stat().st_mtime, UTC)),)
    if path.suffix.lower() == ".zip":
        with path.open("rb") as file:
            yield from _archive(file, trail, stamps)
    elif path.stat().st_size > MOST_BYTES:
        yield LeftOut(trail, f"it has more than {MOST_BYTES >> 20} MB")
    else:
        yield Found(trail, path.read_bytes(), stamps)


def _archive(file: IO[bytes], trail: tuple[str, ...], stamps: tuple[Stamp, ...]) -> Iterator[Found | LeftOut]:
    """What is in an archive, and in archives in it."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_TOTAL:
                yield LeftOut(trail, "it holds too much")
                return
            for entry in sorted(entries, key=lambda entry: entry.filename):
                yield from _entry(archive, entry, trail, stamps)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        yield LeftOut(trail, f"it can't be unpacked ({printable(str(error))})")


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, trail: tuple[str, ...],
           stamps: tuple[Stamp, ...]) -> Iterator[Found | LeftOut]:
    """A file of an archive."""
    names = tuple(name for name in re.split(r"[/\\]", entry.filename) if name not in ("", "."))
    trail = (*trail, *names)
    if why := _refused(entry, names, len(stamps)):
        yield LeftOut(trail, why)
        return
    stamps = (*stamps, Stamp(len(trail), _moment(entry)))
    if names[-1].lower().endswith(".zip"):
        with archive.open(entry) as file:
            yield from _archive(file, trail, stamps)
        return
    with archive.open(entry) as file:
        data = file.read(MOST_BYTES + 1)  # an archive may be larger than it says
    yield (LeftOut(trail, f"it has more than {MOST_BYTES >> 20} MB") if len(data) > MOST_BYTES else
           Found(trail, data, stamps))


def _refused(entry: zipfile.ZipInfo, names: tuple[str, ...], depth: int) -> str:
    """Why a file of an archive is left out without being read; empty if it isn't."""
    if not names or ".." in names or entry.filename.startswith(("/", "\\")) or re.match("[A-Za-z]:", entry.filename):
        return "its name leads out of the archive"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "it is a link, and none is followed"
    if entry.flag_bits & 1:
        return "it is encrypted"
    if entry.file_size > MOST_BYTES:
        return f"it has more than {MOST_BYTES >> 20} MB"
    return "archives are too deep in one another" if names[-1].lower().endswith(".zip") and depth == DEEPEST else ""


def _moment(entry: zipfile.ZipInfo) -> datetime:
    """When a file was written, as its archive says, which knows no time zone; the year 1980 if it says nothing."""
    try:
        return datetime(*entry.date_time, tzinfo=UTC)
    except ValueError:
        return datetime(1980, 1, 1, tzinfo=UTC)


class Told(NamedTuple):
    """What Gradescope says of a submission: its students, by name, id and address, and when it came."""

    students: tuple[str, ...]
    moment: datetime | None


def told_by_gradescope(found: Found) -> dict[str, Told]:
    """The submissions in Gradescope's list, by folder; empty for what is none."""
    try:
        listed = yaml.safe_load(found.data)
        return {str(name): _told(about) for name, about in listed.items()}
    except (yaml.YAMLError, AttributeError, TypeError, KeyError, ValueError, RecursionError):
        return {}


def _told(about: dict) -> Told:
    people = [str(value) for one in about[":submitters"] for value in one.values() if isinstance(value, str | int)]
    moment = about.get(":created_at")
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if isinstance(moment, datetime):
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return Told(tuple(people), moment if isinstance(moment, datetime) else None)
