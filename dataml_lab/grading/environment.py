"""Environment variables that kernels get, and the secret salts that hidden worlds derive from."""

import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def environment(**changes: str | None) -> Iterator[None]:
    """The block, and what it starts, sees these environment variables; None unsets one."""
    before = {name: os.environ.get(name) for name in changes}
    _set(changes)
    try:
        yield
    finally:
        _set(before)


def _set(variables: dict[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def course_salt(course: Path) -> str:
    """The secret that hidden worlds derive from: `DATAML_LAB_SALT`, else the course's file `.salt`, which is
    made at its first use. With it, hidden worlds can be made in advance: it is neither committed nor handed out.
    FileNotFoundError where it is gone, and submissions were graded with it."""
    given = os.environ.get("DATAML_LAB_SALT")
    if given:
        return given
    path = course / ".salt"
    if not path.exists() and any((course / "attempts").glob("*/*/*.json")):
        raise FileNotFoundError(f"{path} is gone, the secret of the worlds in which submissions were graded: put it "
                                "back. To grade all in other worlds, write any text into it, and `grade --again`.")
    if not path.exists():
        _write_once(path, secrets.token_hex(16))
    return path.read_text("ascii").strip()


def student_salt(secret: str, student: str) -> str:
    """The salt of one student's worlds. An answer can print it, and it tells nothing about the salt of another."""
    return hmac.new(secret.encode(), student.encode(), "sha256").hexdigest()


def _write_once(path: Path, text: str) -> None:
    """Writes a file that only its owner may read; of several writers at once the first wins."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.lab.tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
