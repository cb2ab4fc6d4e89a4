"""kill -9 of a process that follows a topic, several times on its way: a rerun tells what it would have told."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from dataml_lab.store import Faults, Store, broker
from dataml_lab.streaming import Processor, Question, Sessions, Sliding, Tumbling, follow

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

FOLLOWING = """
from types import SimpleNamespace
from dataml_lab.streaming import Processor, Question, Sessions, Sliding, Tumbling, follow
topic = SimpleNamespace(servers={servers!r}, name={name!r})
with Processor({path!r}, Question({windows!r}), 86_400) as processor:
    follow(topic, processor, batch=2)
"""
WINDOWS = [Tumbling(86_400), *(pytest.param(other, marks=pytest.mark.full) for other in (
    Sliding(172_800, slide=86_400), Sessions(100_000)))]


@pytest.fixture(scope="module")
def orders():
    """Orders of which many are repeated or late."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(broker.SERVERS, raising=False)
        with Store(users=1_000, days=60, seed=4).topic(faults=Faults(repeated=0.1, late=0.1)) as topic:
            yield topic


def taken(path):
    """How many records a file tells to be taken, which may not be there yet."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
            return file.execute("SELECT sum(position) FROM partitions").fetchone()[0] or 0
    except sqlite3.OperationalError:
        return 0


@pytest.mark.parametrize("windows", WINDOWS, ids=lambda windows: type(windows).__name__)
def test_a_process_that_follows(tmp_path, orders, toys, processes, windows):
    path, question = tmp_path / "p.sqlite", Question(windows)
    code = FOLLOWING.format(servers=orders.servers, name=orders.name, path=str(path), windows=windows)
    for goal in (0, 400):
        with subprocess.Popen([sys.executable, "-c", code]) as victim:
            processes.until(lambda goal=goal: taken(path) > goal)
            victim.kill()
    assert 400 < taken(path) < len(orders)
    with Processor(path, question, 86_400) as processor, Processor(":memory:", question, 86_400) as undisturbed:
        follow(orders, processor)
        follow(orders, undisturbed)
        assert toys.everything(processor) == toys.everything(undisturbed)
        assert all(processor.counts) and sum(processor.counts) == len(orders)
