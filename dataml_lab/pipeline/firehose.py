"""Firehose: what is put into a delivery stream of Amazon Data Firehose lands as the objects that it delivers to S3.

The lesson doesn't need it: it wants boto3, and moto, which plays Firehose and S3 on this machine, in a Python
environment of their own (0.3 GB). They run in a process that starts with the first use and ends with the notebook.

The environment variable DATAML_LAB_DELIVERY_STREAM names a stream to use instead that is there already. Where it is,
and who asks, is said by AWS's own variables: AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL and others.
"""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from dataml_lab.pipeline import firehose_process
from dataml_lab.pipeline.ingest import IngestError, RawZone
from dataml_lab.pipeline.push import Consumed, line
from dataml_lab.store.elsewhere import Elsewhere
from dataml_lab.store.sidecar import Sidecar

STREAM = "DATAML_LAB_DELIVERY_STREAM"
FIREHOSE = Elsewhere("Firehose", "moto", "0.3 GB")
missing = FIREHOSE.missing


def version() -> str:
    """Which moto there is; AWS doesn't say of which version its Firehose is."""
    return FIREHOSE.version().replace(FIREHOSE.library, "moto")


class Put(NamedTuple):
    """What one put did: records taken, the requests that it took, and how often a record was refused in them."""

    records: int
    requests: int
    refused: int


class DeliveryStream:
    """A delivery stream, used by `with`. IngestError where boto3 or moto is missing, or AWS refuses.

    A record is `refused` with a probability, and must be sent again. The answer to a request is `lost` with another
    one: then the request is repeated though its records are in the stream, which delivers them twice. Both are for a
    stream of our own; one that is there already has its own troubles.
    """

    def __init__(self, name: str = "orders", refused: float = 0.0, lost: float = 0.0, seed: int = 0) -> None:
        if not (0 <= refused < 1 and 0 <= lost < 1):
            raise ValueError(f"DeliveryStream({refused=}, {lost=}): shares from 0 to below 1 are needed")
        existing = os.environ.get(STREAM)
        self.name = existing or name
        self._start = {"stream": self.name, "own": not existing, "refused": refused, "lost": lost, "seed": seed}
        self._process: Sidecar | None = None

    def __repr__(self) -> str:
        return f"DeliveryStream({self.name!r})"

    def __enter__(self) -> "DeliveryStream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process, and a stream of our own with what it holds; a second time does nothing."""
        if self._process is not None:
            self._process.stop()

    def put(self, values: Iterable[bytes]) -> Put:
        """Puts JSON values as records, in requests of up to 500; what is refused is sent again, after a pause.

        Each record ends with a line break, because Firehose puts nothing between two of them.
        """
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
            path = Path(work, "lines")
            path.write_bytes(b"".join(map(line, values)))
            return Put(**self._ask("put", path=str(path)))

    def land(self, zone: RawZone) -> Consumed:
        """Lands each object that was delivered and isn't in the zone, under its own name.

        So the names are the checkpoint, and a crash repeats nothing. A record that was delivered twice is in two
        objects, and lands twice. Our own stream delivers each request at once; AWS waits some minutes, by default.
        """
        known, landed = [path.stem for path in zone.files()], Consumed()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
            for name in self._ask("fetch", folder=work, known=known):
                lines = Path(work, name).read_bytes().splitlines(keepends=True)
                zone.land(f"{name}.jsonl", lines)
                landed = Consumed(landed.files + 1, landed.records + len(lines))
        return landed

    def _ask(self, command: str, **arguments: Any) -> Any:
        """What the process answers to a command; it is started if need be."""
        try:
            if self._process is None:
                if lacking := missing():
                    raise RuntimeError(lacking)
                self._process = FIREHOSE.start(firehose_process.__file__, **self._start)
            return self._process.ask(command, **arguments)
        except RuntimeError as error:
            raise IngestError(f"{self.name}: {error}") from error
