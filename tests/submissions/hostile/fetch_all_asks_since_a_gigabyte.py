"""Makes its first request with a `since` of 200 MB of markup, which the judge quotes whole in its sentence.

exercise: fetch_all
goal: limits
deserves: 0
"""

def fetch_all(api, state):
    api.get("<script>document.title='was here'</script>\x1b[2J" + "A" * 200_000_000)
