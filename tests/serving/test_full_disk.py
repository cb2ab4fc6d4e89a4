"""A disk that is full at any byte: what is being saved is whole or absent, what was kept is kept, and it is said.

No file may be longer than so many bytes meanwhile (RLIMIT_FSIZE), so that a write stops where the disk would be full:
in the middle of a file, of whatever library.
"""

from contextlib import contextmanager

import numpy as np
import pytest

from dataml_lab.serving import LocalRegistry, ModelError, RegistryError, load, save
from dataml_lab.serving.batch import BatchError
from tests.serving.registering import SCHEMA, constant, value_of
from tests.serving.test_batch import PLAIN, held, run

resource = pytest.importorskip("resource", reason="files can't be limited here")
TOLD = r"(a file may not be so large here|the disk is full|disk I/O error): .*(free|allow)"
LIMITS = [0, 1, 60, 100, 300, 700, 1_500, 2_500, 4_000, 5_000, 6_000, 10_000, 20_000, 50_000, 100_000, 300_000]


@contextmanager
def largest(size):
    """Meanwhile no file of this process can grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def refused(size, work, kinds):
    """Whether the work is refused, in words, when files can't grow beyond so many bytes."""
    try:
        with largest(size):
            work()
    except kinds as error:
        found = error
    else:
        return False
    with pytest.raises(kinds, match=TOLD):
        raise found
    return True


def tried(work, kinds):
    """The limits that the work was tried with until it wasn't refused, each with whether it was."""
    for size in LIMITS:
        failed = refused(size, lambda size=size: work(size), kinds)
        yield size, failed
        if not failed:
            return


def test_a_model_is_saved_whole_or_not_at_all(tmp_path):
    seen = []
    for size, failed in tried(lambda size: save(tmp_path / f"{size}", constant(7), SCHEMA, "spend"), ModelError):
        seen.append(failed)
        assert sorted(path.name for path in tmp_path.iterdir()) == [] if failed else [f"{size}"]
    assert seen.count(True) > 4 and not seen[-1]
    assert load(tmp_path / f"{size}").score([{"amount": 1.0}]) == [7]


def test_a_registry_keeps_what_it_held(tmp_path):
    with LocalRegistry(tmp_path) as registry:
        registry.promote("spend", registry.add("spend", constant(1), SCHEMA))
    failures = 0
    for _, failed in tried(lambda size: change(tmp_path), (RegistryError, ModelError)):
        failures += failed
        with LocalRegistry(tmp_path) as registry:
            versions = registry.versions("spend")
            assert value_of(registry) == registry.current("spend")
            assert [value_of(registry, version) for version in versions] == [*range(1, len(versions) + 1)]
            assert not list(tmp_path.glob("models/spend/.*"))
    assert failures > 4 and registry.folder == tmp_path.resolve()
    with LocalRegistry(tmp_path) as registry:
        assert registry.current("spend") == registry.versions("spend")[-1] > 1


def change(folder):
    """Adds a version, whose score is its number, and promotes it."""
    with LocalRegistry(folder) as registry:
        version = len(registry.versions("spend")) + 1
        registry.add("spend", constant(version), SCHEMA)
        registry.promote("spend", version)


def test_scores_are_whole_or_absent_and_the_next_run_goes_on(source, tmp_path):
    run(PLAIN, source, tmp_path / "undisturbed")
    undisturbed, left = held(tmp_path / "undisturbed"), []
    for size, failed in tried(lambda size: run(PLAIN, source, tmp_path / f"{size}"), BatchError):
        whole = held(tmp_path / f"{size}")
        assert whole.items() <= undisturbed.items() and failed == (whole != undisturbed)
        left.append(run(PLAIN, source, tmp_path / f"{size}").fresh)
        assert held(tmp_path / f"{size}") == undisturbed
    assert len(left) > 4 and np.all(np.diff(left) <= 0)
