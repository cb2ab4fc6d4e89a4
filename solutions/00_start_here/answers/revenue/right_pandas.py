"""With pandas; the number is one of numpy."""

import pandas as pd


def revenue(orders):
    table = pd.DataFrame(orders, columns=["order_id", "status", "total"])
    return table.loc[table["status"].eq("completed"), "total"].astype(float).sum()
