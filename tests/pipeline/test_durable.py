import errno

import pytest

from dataml_lab.pipeline.durable import replacing, storage_errors


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(KeyError), replacing(path) as temporary:
        temporary.write_text("ne")
        raise KeyError
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"a.txt": "old"}


def test_readers_see_the_old_file_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EACCES, "permission denied"),
        (errno.EROFS, "read-only"),
        (errno.ENOENT, "no such file"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_an_error_names_the_path_and_the_cause(tmp_path, code, words):
    cause = OSError(code, "Input/output error")
    with pytest.raises(RuntimeError, match=words) as caught, storage_errors(RuntimeError, tmp_path):
        raise cause
    assert str(tmp_path) in str(caught.value)
    assert caught.value.__cause__ is cause
