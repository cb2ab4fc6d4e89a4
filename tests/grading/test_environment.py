"""The course's secret, and variables that last for a block."""

import os
import stat

import pytest

from dataml_lab.grading.environment import course_salt, environment


def test_variables_last_for_their_block(monkeypatch):
    monkeypatch.setenv("KEPT", "before")
    monkeypatch.delenv("NEW", raising=False)
    with environment(KEPT=None, NEW="inside"):
        assert "KEPT" not in os.environ and os.environ["NEW"] == "inside"
    assert os.environ["KEPT"] == "before" and "NEW" not in os.environ


def test_they_end_with_a_block_that_fails(monkeypatch):
    monkeypatch.delenv("NEW", raising=False)
    with pytest.raises(ValueError, match="here"), environment(NEW="inside"):
        raise ValueError("here")
    assert "NEW" not in os.environ


def test_the_salt_is_made_once_and_for_its_owner_only(tmp_path, monkeypatch):
    monkeypatch.delenv("DATAML_LAB_SALT", raising=False)
    salt = course_salt(tmp_path)
    assert len(salt) == 32 and course_salt(tmp_path) == salt
    assert stat.S_IMODE((tmp_path / ".salt").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [".salt"]


def test_the_environment_goes_before_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("DATAML_LAB_SALT", "given")
    assert course_salt(tmp_path) == "given" and not list(tmp_path.iterdir())


def test_a_salt_that_is_gone_is_not_replaced_where_submissions_were_graded_with_it(tmp_path, monkeypatch):
    monkeypatch.delenv("DATAML_LAB_SALT", raising=False)
    attempt = tmp_path / "attempts" / "90_tiny" / "ada" / "0001.json"
    attempt.parent.mkdir(parents=True)
    attempt.write_text("{}")
    with pytest.raises(FileNotFoundError, match="put it back"):
        course_salt(tmp_path)
    assert not (tmp_path / ".salt").exists()
