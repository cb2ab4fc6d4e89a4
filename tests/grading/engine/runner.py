"""What runs in the forks of these tests: it answers lines of JSON, sources of Python, with what is left in `answer`."""

import json


def serve(connection):
    names = {}
    with connection.makefile("rw") as lines:
        for line in lines:
            print(json.dumps(answer(json.loads(line), names), default=repr), file=lines, flush=True)


def answer(source, names):
    try:
        exec(source, names)
    except (Exception, SystemExit) as error:
        return f"{type(error).__name__}: {error}"
    return names.pop("answer", None)
