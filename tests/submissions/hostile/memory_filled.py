"""Takes eight gigabytes: on the heap, as shared memory, in anonymous files and in pipes, which are counted elsewhere.

exercise: revenue
goal: limits
deserves: 0
"""

import mmap
import os


def revenue(orders):
    kept = []
    for size in range(16):
        try:
            kept.append(bytearray(b"x") * (128 << 20))
            shared = mmap.mmap(-1, 128 << 20)
            shared.write(b"x" * (128 << 20))
            hidden = os.memfd_create(f"was here {size}")
            kept += [shared, hidden]
            for _ in range(256):
                os.write(hidden, bytes(1 << 20))
        except (MemoryError, OSError):
            continue
    return float(len(kept))
