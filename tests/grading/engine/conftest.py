"""Templates, and forks of them that run what a test says."""

import json
import sys
from pathlib import Path

import psutil
import pytest

from dataml_lab.grading.engine.sandbox import Limits
from dataml_lab.grading.engine.template import Template, hindrance

HERE = Path(__file__).parent
MODULES = ["numpy", "sklearn.ensemble", "lightgbm", "duckdb", "matplotlib.pyplot"]


class Pupil:
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
        return host_pid(self.fork)


def host_pid(fork):
    lines = Path(f"/proc/self/fdinfo/{fork.process}").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))


@pytest.fixture(scope="session")
def make_template():
    """Makes templates whose forks are pupils."""
    if sys.platform != "linux":
        pytest.skip(hindrance())

    def make(isolated=True, modules=(), readable=()):
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(HERE)
            template = Template("pupil:serve", modules, [HERE, *readable], isolated)
            template.wait()
            return template

    return make


@pytest.fixture(scope="session")
def isolation():
    """Needed by tests of the sandbox."""
    if reason := hindrance():
        pytest.skip(reason)


@pytest.fixture(scope="module")
def template(make_template, isolation):
    """An isolated template that has imported nothing heavy."""
    with make_template() as template:
        yield template


@pytest.fixture(scope="module")
def warm(make_template, isolation):
    """An isolated template that has imported MODULES."""
    with make_template(modules=MODULES) as template:
        yield template


@pytest.fixture(scope="module")
def open_template(make_template):
    """A template without isolation."""
    with make_template(isolated=False) as template:
        yield template


@pytest.fixture
def pupils(template):
    """Forks of the template (or of another), that are gone at the end of the test."""
    forks = []

    def pupil(template=template, core=None, **limits):
        forks.append(template.fork(Limits(**limits), core))
        return Pupil(forks[-1])

    yield pupil
    for fork in forks:
        fork.close()


@pytest.fixture
def pupil(pupils):
    """A fork of the template."""
    return pupils()


@pytest.fixture
def alone(template, processes):
    """Says whether nothing of any fork is left on the host, after some patience."""
    nursery = psutil.Process(template.pid).children()
    return lambda: processes.until(lambda: processes.family(template.pid) == [child.pid for child in nursery]) or True
