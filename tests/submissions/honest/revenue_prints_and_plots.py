"""Right, and chatty: prints, warns, and shows its last value, as beginners do.

exercise: revenue
deserves: 2
"""

import warnings


def revenue(orders):
    print("orders:", orders)
    total = 0
    for order in orders:
        if order["status"] == "completed":
            print("adding", order["total"])
            total += order["total"]
    warnings.warn("done", stacklevel=2)
    return total


revenue([{"order_id": 1, "status": "completed", "total": 19.99}])
