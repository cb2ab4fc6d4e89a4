"""A zip of four gigabytes of zeros in a few megabytes, with names that climb, beside a notebook that is gzipped.

exercise: revenue
goal: limits
deserves: 0
"""

import gzip
import io
import zipfile

from tests.submissions.making import encoded


def files(notebook):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (
            "../../../../tmp/dataml-lab-was-here",
            "/tmp/dataml-lab-was-here",
            "00_start_here.ipynb",
            "C:\\x",
            "a\0b",
        ):
            entry = zipfile.ZipInfo(name, (2025, 3, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as file:
                for _ in range(800):
                    file.write(bytes(1 << 20))
    return {"00_start_here.zip": packed.getvalue(), "00_start_here.ipynb": gzip.compress(encoded(notebook), mtime=0)}
