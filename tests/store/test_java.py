"""The Java that systems run on: which there is, and what is said of one that is too old."""

import sys

import pytest

from dataml_lab.store.java import missing_java


def java(folder, version):
    """A Java that says that it is of a version."""
    program = folder / "bin" / "java"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho '    java.specification.version = {version}' >&2\n")
    program.chmod(0o755)
    return str(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="the Java is a script of the shell")
@pytest.mark.parametrize(
    ("version", "words"), [("1.8", "found Java 1:"), ("11", "found Java 11:"), ("17", ""), ("25", "")]
)
def test_an_old_java_is_told(tmp_path, monkeypatch, version, words):
    monkeypatch.setenv("JAVA_HOME", java(tmp_path, version))
    said = missing_java("Spark")
    assert words in said and bool(said) == bool(words)
