"""Templates, one of each kind for all tests, and forks of them: workers, and processes that run what a test says."""

import json
import sys
from pathlib import Path

import psutil
import pytest

from dataml_lab.grading.engine.remote import RemoteWorker
from dataml_lab.grading.engine.sandbox import Limits
from dataml_lab.grading.engine.template import Template, hindrance, worker_template

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """These tests run in one process: a template takes seconds to start."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.xdist_group("engine"))


class Runner:
    """A fork that runs sources."""

    def __init__(self, fork):
        self.fork, self.lines = fork, fork.socket.makefile("rw")

    def run(self, source):
        """What the source leaves in `answer`; None where the fork ends meanwhile."""
        self.start(source)
        line = self.lines.readline()
        return json.loads(line) if line else None

    def start(self, source):
        print(json.dumps(source), file=self.lines, flush=True)

    @property
    def pid(self):
        """Its process, as the host sees it."""
        lines = Path(f"/proc/self/fdinfo/{self.fork.process}").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))


@pytest.fixture(scope="session")
def make_template():
    """Makes templates whose forks are runners."""
    if sys.platform != "linux":
        pytest.skip(hindrance())

    def make(isolated=True, modules=(), readable=()):
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(HERE)
            template = Template("runner:serve", modules, [HERE, *readable], isolated)
            template.wait()
            return template

    return make


@pytest.fixture(scope="session")
def isolation():
    """Needed by tests of the sandbox."""
    if reason := hindrance():
        pytest.skip(reason)


@pytest.fixture(scope="session")
def template(make_template, isolation):
    """An isolated template of runners that has imported nothing heavy."""
    with make_template() as template:
        yield template


@pytest.fixture(scope="session")
def open_template(make_template):
    """A template of runners without isolation."""
    with make_template(isolated=False) as template:
        yield template


@pytest.fixture(scope="session")
def workers():
    """A template of workers as submissions have it; isolated where this host can isolate."""
    if sys.platform != "linux":
        pytest.skip(hindrance())
    with worker_template(isolated=not hindrance()) as template:
        yield template


@pytest.fixture
def worker(workers):
    """A worker, as the judge holds it."""
    with workers.fork() as fork:
        yield RemoteWorker(fork)


@pytest.fixture
def runners(template):
    """Forks of the template (or of another), that are gone at the end of the test."""
    forks = []

    def runner(template=template, core=None, **limits):
        forks.append(template.fork(Limits(**limits), core))
        return Runner(forks[-1])

    yield runner
    for fork in forks:
        fork.close()


@pytest.fixture
def runner(runners):
    """A fork of the template."""
    return runners()


@pytest.fixture
def alone(template, processes):
    """Says whether nothing of any fork is left on the host, after some patience."""
    server = psutil.Process(template.pid).children()
    return lambda: processes.until(lambda: processes.family(template.pid) == [child.pid for child in server]) or True
