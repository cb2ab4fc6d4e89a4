"""Right, with a table, which for no orders at all has no columns.

exercise: revenue
deserves: 2
"""

import pandas as pd


def revenue(orders):
    if not orders:
        return 0
    frame = pd.DataFrame(orders)
    return frame.loc[frame["status"] == "completed", "total"].sum()
