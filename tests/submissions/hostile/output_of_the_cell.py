"""Right, in a cell that prints a million lines, warns, clears its output, and shows pages of markup and script before
it is done.

exercise: revenue
goal: limits
deserves: 2
"""

import sys
import warnings

from IPython.display import HTML, Javascript, clear_output, display

if "pytest" not in sys.modules:
    for _number in range(1_000_000):
        print("line", _number, "\x1b[5mwas here\x1b[0m")
    display(HTML("<script>document.title='was here'</script>" * 1_000))
    display(Javascript("document.title = 'was here'; IPython.notebook.kernel.execute('1')"))
    clear_output(wait=True)
    warnings.warn("was here", stacklevel=1)
    print("2.0", file=sys.stderr)


def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] == "completed")
