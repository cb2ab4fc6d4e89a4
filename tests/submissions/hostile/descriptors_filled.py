"""Raises its own limits, and opens up to 20,000 sockets, pipes, timers and watches, and listens on a thousand ports.

exercise: revenue
goal: limits
deserves: 0
"""

import os
import resource
import socket

kept = []


def revenue(orders):
    for number in (
        resource.RLIMIT_NOFILE,
        resource.RLIMIT_NPROC,
        resource.RLIMIT_AS,
        resource.RLIMIT_CPU,
        resource.RLIMIT_FSIZE,
    ):
        for limit in ((resource.RLIM_INFINITY,) * 2, (resource.getrlimit(number)[1],) * 2):
            try:
                resource.setrlimit(number, limit)
                break
            except (OSError, ValueError):
                continue
    for number in range(5_000):
        try:
            kept.append(os.pipe())
            kept.append(socket.socketpair())
            if number < 1_000:
                server = socket.socket()
                server.bind(("127.0.0.1", 0))
                server.listen()
                kept.append(server)
        except OSError:
            break
    return float(len(kept))
