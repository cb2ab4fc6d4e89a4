"""An answer that is right keeps the hidden orders that it was given, and a cell after the graded one shows them.

exercise: revenue
goal: secret
deserves: 2
"""

from tests.submissions.making import cell, encoded, own, place

KEEPS = """KEPT = []

def revenue(orders):
    KEPT.append(orders)
    with open("kept.txt", "a") as file:
        file.write(f"{orders}\\n")
    return sum(order["total"] for order in orders if order["status"] == "completed")
"""
SHOWS = "print('kept', [[order['order_id'] for order in orders] for orders in KEPT])\nprint(open('kept.txt').read())"


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = KEEPS
    notebook["cells"].insert(place(notebook, "revenue-graded") + 1, own(SHOWS))
    return {"00_start_here.ipynb": encoded(notebook)}
