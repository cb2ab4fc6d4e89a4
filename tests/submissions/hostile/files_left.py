"""Right, and leaves files where later submissions, or the instructor's shell, would read them: site-packages, IPython's
startup, caches, the home.

exercise: revenue
goal: trace
deserves: 2
"""

import site
from pathlib import Path

PLACES = [
    "~",
    "~/.ipython/profile_default/startup",
    "~/.jupyter",
    "~/.config",
    "~/.local/bin",
    "~/.cache",
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/etc/cron.d",
    "/etc/profile.d",
    "/usr/local/bin",
    "/run",
    ".",
    "..",
    "../..",
    "../../gradebook",
    *site.getsitepackages(),
    site.getusersitepackages(),
]


def revenue(orders):
    for place in PLACES:
        for name in ("dataml-lab-was-here", "dataml-lab-was-here.pth", "dataml-lab-was-here.lock"):
            try:
                Path(place).expanduser().joinpath(name).write_text("# was here\n")
            except OSError:
                continue
    return sum(order["total"] for order in orders if order["status"] == "completed")
