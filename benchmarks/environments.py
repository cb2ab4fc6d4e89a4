"""Environments of others that a benchmark compares with: each has its own, since what they need excludes each other."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path.home() / ".cache" / "dataml-lab" / "benchmarks"  # a folder for caches


def environment(name, packages, folder):
    """The Python of an environment with these packages, made by uv, or venv and pip, if need be; None, and a line,
    where it can't be."""
    python = folder / name / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = folder / name / "installed"
    if done.exists() and done.read_text("utf-8") == wanted(packages):
        return python
    shutil.rmtree(folder / name, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    print(f"Installing {name} into an environment of its own, once ...", file=sys.stderr)
    for words in installing(folder / name, python, packages):
        result = subprocess.run(words, capture_output=True, text=True)
        if result.returncode:
            print(f"{name} can't be installed and has no column: {result.stderr.strip().splitlines()[-1][:200]}")
            return None
    done.write_text(wanted(packages), "utf-8")
    return python


def wanted(packages):
    """The packages, a line each."""
    return "\n".join(packages)


def installing(folder, python, packages):
    """The commands that make an environment and install into it: by uv if it is there."""
    uv = [sys.executable, "-m", "uv"] if importlib.util.find_spec("uv") else ["uv"] if shutil.which("uv") else None
    if uv:
        return [*uv, "venv", "--quiet", folder], [*uv, "pip", "install", "--quiet", "--python", python, *packages]
    return [sys.executable, "-m", "venv", folder], [python, "-m", "pip", "install", "--quiet", *packages]
