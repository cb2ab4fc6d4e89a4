"""Returns plans whose values are texts of 300 MB, NaN, infinities and markup, and whose keys are no texts: the judge
quotes them whole.

exercise: plan
goal: limits
deserves: 0
"""

from itertools import cycle

values = cycle(
    [
        "<script>document.title='was here'</script>" + "x" * 300_000_000,
        float("nan"),
        float("inf"),
        24.0,
        True,
        None,
        "\ud800",
        b"event_id",
        1 << 4_000,
        [],
        {},
    ]
)


def plan(brief):
    value = next(values)
    return {"schedule_h": value, "lookback_days": value, "key": value, "store": value, 7: value, None: value}
