"""A worker, and the judge at the other end of the channel: what honest code gives, and what a liar gets."""

import contextlib
import socket
import sys
import threading
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from dataml_lab.grading.engine import remote
from dataml_lab.grading.engine.remote import Gone, RemoteWorker
from dataml_lab.pipeline.clean import Rejected
from dataml_lab.pipeline.ingest import Line
from dataml_lab.runtime.answers import Failed, Handle, NotAttempted, OutOfTime, class_, function
from dataml_lab.runtime.process import Crash
from dataml_lab.runtime.safe_codec import HEAD, Channel, encode

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="warm templates need Linux")


def names(worker, source):
    ran = worker.run(source, 10)
    assert not [output for output in ran["outputs"] if output[0] == "error"], ran
    return worker.namespace()


class Counter(Handle):
    """A handle: its owner stays in the judge."""

    def __init__(self):
        self.calls, self._hidden = [], 42

    def add(self, one, two=0):
        self.calls.append((one, two))
        return {"sum": one + two, "nested": self}

    def crash(self):
        raise Crash

    def refuse(self):
        raise KeyError("not here")


def test_a_call_takes_and_gives_data_and_leaves_arguments_alone(worker):
    ns = names(worker, "import pandas as pd\ndef twice(frame, by):\n    frame['x'] *= by\n    return frame, (by, [1])")
    given = pd.DataFrame({"x": [1.5, 2.0]})
    found, rest = function("twice")(ns)(given, 2)
    assert found["x"].tolist() == [3.0, 4.0] and rest == (2, [1]) and given["x"].tolist() == [1.5, 2.0]
    (found, _), (left, by) = function("twice")(ns).call(given, 2)
    assert left["x"].tolist() == [3.0, 4.0] and by == 2 and given["x"].tolist() == [1.5, 2.0]


def test_results_of_several_calls_are_as_the_last_call_left_them(worker):
    ns = names(worker, "kept = {}\ndef f(row):\n    kept.update(row)\n    row['seen'] = True\n    return kept")
    done = function("f")(ns).each([{"a": 1}, {"b": 2}])
    results, left = [call.result for call in done], [call.left[0] for call in done]
    assert results == [{"a": 1, "b": 2}] * 2 and left == [{"a": 1, "seen": True}, {"b": 2, "seen": True}]


def test_what_is_left_as_it_was_is_the_very_argument(worker):
    class Event(NamedTuple):
        day: int

    ns = names(worker, "def f(rows, table):\n    rows.append(1)")
    table, rows = np.arange(3), [3]
    _, (left, same) = function("f")(ns).call(rows, table)
    assert left == [3, 1] and same is table and rows == [3]
    with pytest.raises(remote.CodecError, match="Event"):
        function("f")(ns)([Event(3)], table)


@pytest.mark.parametrize(("source", "error", "words"), [
    ("def f(x):\n    return NotImplemented", NotAttempted, "still returns NotImplemented"),
    ("def f(x):\n    return {}[x]", Failed, "f raised KeyError: 1 (line 2 of its cell)"),
    ("async def f(x):\n    return x", Failed, "async def"),
    ("def f(x):\n    return object()", Failed, "an object of type object, where plain data was expected"),
    ("def f(x):\n    return [f]", Failed, "an object of type function"),
    ("import pandas as pd\ndef f(x):\n    return pd.Series([f])", Failed, "f returned an object of type function"),
    ("def f(x):\n    x = [1]\n    x.append(x)\n    return x", Failed, "levels deep"),
    ("def f(x):\n    return 10**5000", Failed, "a whole number of more than a thousand digits"),
    ("import pandas as pd\ndef f(x):\n    return pd.DataFrame(index=range(10**12))", Failed, "more than 64 MB"),
    ("def f(x):\n    raise SystemExit(3)", Failed, "SystemExit: 3"),
    ("def f(x):\n    raise KeyboardInterrupt", Failed, "KeyboardInterrupt"),
])  # fmt: skip
def test_what_goes_wrong_is_told_as_in_a_notebook(worker, source, error, words):
    with pytest.raises(error) as raised:
        function("f")(names(worker, source))(1)
    assert words in str(raised.value)
    assert worker.run("1 + 1", 5)["outputs"] == [["result", "2"]] and not worker.gone


def test_a_call_without_an_end_is_out_of_time_and_the_next_one_is_served(worker, monkeypatch):
    monkeypatch.setattr(remote, "DEADLINE", 3600)
    ns = names(
        worker,
        "from dataml_lab.runtime import answers\nanswers.DEADLINE = 0.2\n"
        "def f(x):\n    while x:\n        pass\n    return x",
    )
    with pytest.raises(OutOfTime, match=r"still running after [01] seconds"):
        function("f")(ns)(1)
    assert function("f")(ns)(0) == 0


def test_objects_stay_there_and_their_methods_are_called(worker):
    ns = names(
        worker,
        "class Sum:\n    def __init__(self, start=0):\n        self.total = start\n"
        "    def add(self, rows):\n        self.total += rows.pop()\n        return self.total\n"
        "    def fit(self, rows):\n        rows.clear()\n        return self",
    )
    one, two = class_("Sum")(ns)(), class_("Sum")(ns)(10)
    assert [one("add", [1]), one("add", [2]), two("add", [5])] == [1, 3, 15]
    assert one.call("fit", [7], gives="nothing") == (None, ([],))
    with pytest.raises(Failed, match="Sum has no method `gone`"):
        one("gone")


def test_a_fitted_model_is_an_object_like_others(worker):
    ns = names(
        worker,
        "from sklearn.linear_model import LogisticRegression\n"
        "def train(X, y):\n    return LogisticRegression().fit(X, y)",
    )
    rows = pd.DataFrame({"x": [-2.0, -1.0, 1.0, 2.0]})
    model = class_("train")(ns)(rows, pd.Series([0, 0, 1, 1]))
    assert model("predict", rows).tolist() == [0, 0, 1, 1] and model("predict_proba", rows).shape == (4, 2)


def test_handles_are_called_back_and_show_nothing_but_their_methods(worker):
    ns = names(
        worker,
        "def f(counter):\n    inner = counter.add(1, two=2)\n    again = inner['nested'].add(5)\n"
        "    return [inner['sum'], again['sum'], [n for n in vars(counter)]]\n",
    )
    counter = Counter()
    assert function("f")(ns)(counter) == [3, 5, ["add", "crash", "refuse"]]
    assert counter.calls == [(1, 2), (5, 0)]


def test_exceptions_of_handles_arrive_as_what_they_are_and_a_crash_ends_the_call(worker):
    ns = names(
        worker,
        "def f(counter, crash):\n    try:\n        counter.refuse()\n    except KeyError as error:\n"
        "        seen = str(error)\n    if crash:\n        try:\n            counter.crash()\n"
        "        except Exception:\n            return 'held up'\n    return seen",
    )
    assert function("f")(ns)(Counter(), False) == "'not here'"
    with pytest.raises(Crash):
        function("f")(ns)(Counter(), True)


def test_what_was_lent_is_of_no_use_after_the_call(worker):
    ns = names(
        worker,
        "import threading, time\nkept, seen = [], []\ndef f(counter):\n    kept.append(counter)\n"
        "def g():\n    try:\n        kept[0].add(1)\n    except Exception as error:\n"
        "        return type(error).__name__\n",
    )
    counter = Counter()
    function("f")(ns)(counter)
    assert function("g")(ns)() == "ReferenceError" and not counter.calls


def test_a_lent_function_may_call_the_student_again_and_changes_no_record_for_good(worker):
    ns = names(
        worker,
        "record = {'a': 1}\ndef clean(raw):\n    return {**raw, 'clean': True} if raw['a'] else 1 / 0\n"
        "def test(f):\n    before = dict(record)\n    cleaned = f(record)\n    changed = record != before\n"
        "    try:\n        f({'a': 0})\n    except ZeroDivisionError as error:\n"
        "        return [cleaned, changed, str(error)]\ndef kept():\n    return record",
    )
    clean = function("clean")(ns).function

    def spoiling(raw):
        raw["a"] = raw["a"] and 7
        return clean(raw)

    assert function("test")(ns)(spoiling) == [{"a": 7, "clean": True}, True, "division by zero"]
    assert function("kept")(ns)() == {"a": 1}


def test_what_is_lent_by_name_of_its_parameter_is_changed_too(worker):
    ns = names(worker, "def f(spoil):\n    record = {'a': 1}\n    spoil(raw=record)\n    return dict(record)")

    def spoil(raw):
        raw["a"] = 2

    assert function("f")(ns)(spoil) == {"a": 2}


def test_nobody_is_told_the_name_of_what_is_lent(worker, monkeypatch):
    said, send = [], worker.channel.send
    monkeypatch.setattr(worker.channel, "send", lambda message: (said.append(message), send(message)))

    def planted_name(raw):
        return raw

    assert function("f")(names(worker, "def f(lent):\n    return lent(1)"))(planted_name) == 1
    assert said and not [message for message in said if b"planted" in message]


class Odd(Handle):
    """A handle that raises odd exceptions, and takes anything."""

    def reject(self):
        raise Rejected("total", "negative")

    def decode(self):
        return b"\xff".decode()

    def several(self):
        raise ExceptionGroup("both", [ValueError("a"), KeyError("b")])

    def take(self, value):
        return len(value)


@pytest.mark.parametrize(("method", "words"), [
    ("reject", "Rejected: total: negative"), ("decode", "codec can't decode byte 0xff"),
    ("several", "ExceptionGroup: both (2 sub-exceptions)"),
])  # fmt: skip
def test_exceptions_of_handles_keep_their_words(worker, method, words):
    with pytest.raises(Failed) as raised:
        function("f")(names(worker, f"def f(odd):\n    odd.{method}()"))(Odd())
    assert words in str(raised.value) and not worker.gone


def test_an_index_with_an_odd_step_comes_through_both_ways(worker):
    source = (
        "import pandas as pd\ndef f(odd):\n"
        "    days = pd.date_range('2025-01-01', periods=3, freq=pd.DateOffset(days=2))\n"
        "    return odd.take(days), pd.Series([1, 2, 3], days)"
    )
    size, series = function("f")(names(worker, source))(Odd())
    assert size == 3 and series.index.tolist() == pd.to_datetime(["2025-01-01", "2025-01-03", "2025-01-05"]).tolist()


@pytest.mark.parametrize("source", [
    "def f(odd):\n    return 'é' * 12_000_000", "def f(odd):\n    return [2**900 + n for n in range(300_000)]",
    "import numpy as np\ndef f(odd):\n    return odd.take(np.zeros(9_000_000))",
])  # fmt: skip
def test_too_much_is_told_and_no_lie(worker, source):
    ns = names(worker, f"{source}\ndef g():\n    return 1")
    with pytest.raises(Failed, match=r"where 64 are the most|more than 64 MB"):
        function("f")(ns)(Odd())
    assert function("g")(ns)() == 1 and not worker.gone and not worker.lies


def test_a_function_that_unbinds_itself_is_called_again_as_in_a_notebook(worker):
    f = function("f")(names(worker, "def f(x):\n    globals().pop('f', None)\n    return x"))
    assert [f(1), f(2)] == [1, 2] and not worker.gone


def test_a_deadline_in_the_midst_of_a_message_leaves_it_whole_beside_other_threads_too(worker):
    ns = names(
        worker,
        "from dataml_lab.runtime import answers\nanswers.DEADLINE = 0.05\nimport threading, time\n"
        "threading.Thread(target=time.sleep, args=(30,), daemon=True).start()\n"
        "def f(much):\n    while True:\n        much()\ndef g(x):\n    return x",
    )
    for turn in range(10):
        with pytest.raises(OutOfTime, match="still running"):
            function("f")(ns)(lambda: list(range(200_000)))
        assert function("g")(ns)(turn) == turn


def test_a_deadline_that_is_swallowed_at_a_call_comes_again(worker):
    ns = names(
        worker,
        "from dataml_lab.runtime import answers\nanswers.DEADLINE = 0.2\n"
        "def f(much):\n    while True:\n        try:\n            much()\n        except:\n            pass\n",
    )
    with pytest.raises(OutOfTime, match="still running"):
        function("f")(ns)(lambda: list(range(100_000)))
    assert not worker.gone


def test_objects_of_the_package_that_are_left_alone_are_the_very_arguments(worker):
    lines = [Line("orders.csv", 3, "a")]
    _, (left,) = function("f")(names(worker, "def f(lines):\n    return len(lines)")).call(lines)
    assert left is lines


def test_threads_may_call_handles_while_the_call_lasts(worker):
    ns = names(
        worker,
        "from concurrent.futures import ThreadPoolExecutor\ndef f(counter):\n"
        "    with ThreadPoolExecutor(4) as pool:\n"
        "        return sorted(x['sum'] for x in pool.map(lambda n: counter.add(n), range(40)))",
    )
    assert function("f")(ns)(Counter()) == list(range(40))


def test_cells_write_what_they_would_in_a_notebook(worker):
    ran = worker.run(
        "import sys\nprint('a', end='')\nprint('b')\nprint('c', file=sys.stderr)\ndisplay(3)\n"
        "x = !echo shell\n%time 1\nx[0]",
        10,
    )["outputs"]
    assert ran[:3] == [["stream", "stdout", "ab\n"], ["stream", "stderr", "c\n"], ["display", "3"]]
    assert ran[-1] == ["result", "'shell'"]
    failed = worker.run("undefined + 1", 5)
    assert failed["missing"] == "undefined" and failed["outputs"][0][:2] == ["error", "NameError"]
    assert worker.run("await __import__('asyncio').sleep(0, 5)", 5)["outputs"] == [["result", "5"]]


def test_output_is_kept_up_to_a_limit_and_a_cell_up_to_its_time(worker):
    outputs = worker.run("for _ in range(1000):\n    print('x' * 1000)", 10)["outputs"]
    assert sum(len(output[-1]) for output in outputs) == 100_000 - 500
    (output,) = worker.run("raise ValueError('x' * 70_000_000)", 10)["outputs"]
    assert output[:2] == ["error", "ValueError"] and sum(map(len, output)) < 120_000
    outputs = worker.run("while True:\n    pass", 0.2)["outputs"]
    assert outputs[0][:2] == ["error", "TimeOut"] and worker.run("1", 5)["outputs"] == [["result", "1"]]


def test_a_process_that_sends_more_output_than_is_kept_of_a_cell_has_lied(worker):
    source = "from dataml_lab.runtime import shell\nshell.MOST = 10**9"
    worker.run(source, 5)
    with pytest.raises(Gone, match="no list of outputs"):
        worker.run("print('x' * 2_000_000)", 10)
    assert worker.lies


def test_files_lie_beside_the_notebook(worker):
    worker.give({"help/er.py": b"value = 5\n", "data.csv": b"a\n1\n"})
    assert worker.run("from help.er import value\nvalue, open('data.csv').read()", 5)["outputs"] == [
        ["result", "(5, 'a\\n1\\n')"]
    ]


@pytest.mark.parametrize(("source", "words"), [
    ("import os\nos._exit(3)", "its process ended with code 3"),
    ("import ctypes\nctypes.string_at(0)", "killed by signal 11 (SIGSEGV)"),
])  # fmt: skip
def test_an_answer_that_ends_its_process_is_told_how(worker, source, words):
    lines = source.replace("\n", "\n    ")
    ns = names(worker, f"def f():\n    {lines}")
    with pytest.raises(Gone) as gone:
        function("f")(ns)()
    assert words in str(gone.value) and words in worker.gone
    with pytest.raises(Gone):
        function("f")(ns)()


def test_an_answer_that_hangs_beyond_its_deadline_is_ended(worker, monkeypatch):
    ns = names(
        worker,
        "import signal\ndef f():\n    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGPROF})\n"
        "    while True:\n        pass",
    )
    monkeypatch.setattr(remote, "DEADLINE", 0.2)
    with pytest.raises(Gone, match="did not answer in time, and was ended"):
        function("f")(ns)()


def test_all_calls_together_have_an_end(worker):
    ns = names(worker, "def f():\n    return 1")
    worker.until = 0
    with pytest.raises(OutOfTime, match="together"):
        function("f")(ns)()


class Liar:
    """A process that says whatever it is told to."""

    def __init__(self, *replies):
        mine, self.socket = socket.socketpair()
        self.killed, self.line = False, Channel(mine)
        self.thread = threading.Thread(target=self._reply, args=(replies,), daemon=True)
        self.thread.start()

    def _reply(self, replies):
        with contextlib.suppress(EOFError, OSError):
            for reply in replies:
                self.line.receive()
                for part in reply if isinstance(reply, list) else [reply]:
                    self.line.connection.sendall(part)
            self.line.receive()

    def kill(self):
        self.killed = True

    def ended(self):
        return ""


LENT = b'["done",{"ref":[1,"print",[]]}]'  # as only a judge may say


def framed(data):
    return len(data).to_bytes(8, "little") + data


def said(*message):
    return framed(encode(list(message)))


@pytest.mark.parametrize("reply", [
    framed(b""), framed(b"garbage"), said(), said("done"), said("done", 1, 2), said("nonsense", 1), said(1, 2),
    said("failed", "unheard of"), said("call", 1),  framed(encode("done")),
    framed(encode({"done": 1})), (2**63).to_bytes(8, "little"), said("failed", "failed", "words", "more"),
    framed(encode(["done", {1, 2}])[:-1]),  said("failed", ["not attempted"], ""),
    framed(HEAD.pack(len(LENT), 0) + LENT), said("failed", {}, {}),
], ids=lambda reply: repr(reply[8:30]))  # fmt: skip
def test_a_process_that_makes_no_sense_is_ended_and_the_lie_is_kept(reply):
    liar = Liar([reply] * 1)
    worker = RemoteWorker(liar)
    with pytest.raises(Gone):
        worker.ask("f", "calls", "f", [[1]], "", "data")
    assert liar.killed and worker.lies and worker.gone
    liar.socket.close()


@pytest.mark.parametrize("gives", ["data", "object", "nothing", "bare"])
@pytest.mark.parametrize("reply", [
    None, 5.0, [], [1], [[1, []]], [1, 2, 3], [[1], 5], [[None, [None, None]]] * 2, [[None, [[]] * 9]], {"a": 1},
    ["returned"], ["raised", "x", "y"], [[1, [[2, 3], None]]], [["no number", 5]],
], ids=repr)  # fmt: skip
def test_a_reply_of_another_shape_than_was_asked_for_is_a_lie(gives, reply):
    liar = Liar(said("done", reply))
    worker = RemoteWorker(liar)
    thing = remote.RemoteObject(worker, "f")
    with pytest.raises(Gone):
        thing([1, 2]) if gives == "bare" else thing.calls("f", [(1, 2)], "", gives)
    assert liar.killed and worker.lies
    liar.socket.close()


def test_a_call_of_what_was_not_lent_or_is_no_method_reaches_nothing():
    counter = Counter()
    for number, method in (
        (1, "_hidden"),
        (1, "__init__"),
        (1, "calls"),
        (1, "__class__"),
        (1, ""),
        (2, "add"),
        (True, "add"),
    ):
        liar = Liar(said("call", number, method, [], {}), said("done", 0))
        worker = RemoteWorker(liar)
        with contextlib.suppress(Gone):
            worker.ask("f", "calls", "f", [[counter]], "", "data")
        assert not counter.calls
        liar.socket.close()


def test_words_of_the_other_process_are_short_and_printable():
    liar = Liar(said("failed", "failed", "\x1b[2J\u202e\ud800\n" + "x" * 10_000))
    with pytest.raises(Failed) as failed:
        RemoteWorker(liar).ask("f", "calls", "f", [[1]], "", "data")
    assert len(str(failed.value)) <= remote.MOST_WORDS and str(failed.value).isprintable()
    str(failed.value).encode()
    liar.socket.close()
