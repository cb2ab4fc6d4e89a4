"""The command line: `python -m dataml_lab.serving FOLDER` serves a saved model over HTTP."""

import argparse
from collections.abc import Sequence

from dataml_lab.serving.registry import CHAMPION
from dataml_lab.serving.serve import Source, run
from dataml_lab.serving.service import USUAL, Settings


def main(arguments: Sequence[str] | None = None) -> None:
    """Serves what the arguments name, until SIGTERM or SIGINT; says in words why it can't."""
    parser = argparse.ArgumentParser("python -m dataml_lab.serving", description="Serves a saved model over HTTP.")
    parser.add_argument("folder", help="that `save` made, or of a registry")
    parser.add_argument("--name", default="", help="of the model, in a registry")
    parser.add_argument("--alias", default=CHAMPION, help="of its version")
    parser.add_argument("--shadow", default="", help="alias of a version that scores the rows too, for comparison")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0 for any that is free")
    parser.add_argument("--workers", type=int, default=1, help="processes, one for each core at most")
    parser.add_argument("--notice", type=float, default=USUAL.notice, help="seconds that /ready says so before the end")
    chosen = parser.parse_args(arguments)
    try:
        source = Source(chosen.folder, chosen.name, chosen.alias, chosen.shadow)
        run(source, chosen.host, chosen.port, chosen.workers, Settings(notice=chosen.notice))
    except (OSError, OverflowError) as error:  # the latter is what Python says of a port above 65535
        parser.exit(1, f"{chosen.host}:{chosen.port}: {error}: name another with --host or --port\n")


if __name__ == "__main__":
    main()
