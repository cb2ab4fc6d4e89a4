"""Lets the judge keep eight gigabytes for it: rows of a megabyte under ever new keys, and a checkpoint of one gigabyte.

exercise: fetch_all
goal: limits
deserves: 0
"""

def fetch_all(api, state):
    megabyte = "x" * 1_000_000
    for number in range(7_000):
        state.write({(number, place): megabyte + str(place) for place in range(10)} if number < 700 else {})
    state.save(megabyte * 1_000)
