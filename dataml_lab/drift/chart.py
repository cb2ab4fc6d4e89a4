"""The figure of a monitor: its value from day to day, what is allowed, and the days with an alarm, in HTML and SVG.

Lines are drawn in a picture that is stretched to the width of the page. Labels are text beside it, so that they stay
readable on a narrow screen.
"""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from typing import NamedTuple

from dataml_lab.drift.monitor import Reading

WIDE, HIGH = 1000, 300  # units of a picture
STEPS = (1, 2, 7, 14, 28, 91, 182, 364)  # days from label to label
MOST_LABELS = 7
ROOM = 0.06  # of the range of values, above and below


class Scale(NamedTuple):
    """Where in a picture a day and a value are: it begins on the `first` of so many `days`, and goes from the value
    `low` at the bottom to `high`."""

    first: date
    days: int
    low: float
    high: float

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> "Scale":
        """The one that shows all numbers of the readings, with some room."""
        numbers = [number for one in readings for number in (one.value, one.low, one.high, one.expected)
                   if not math.isnan(number)] or [0.0]
        room = ROOM * (max(numbers) - min(numbers)) or ROOM * abs(numbers[0]) or 1.0
        first, last = readings[0].day, readings[-1].day
        return cls(first, (last - first).days + 1, min(numbers) - room, max(numbers) + room)

    def x(self, day: date) -> int:
        """The middle of a day."""
        return round(WIDE * ((day - self.first).days + 0.5) / self.days)

    def y(self, value: float) -> int:
        """The height of a value, from the top."""
        return round(HIGH * (self.high - value) / (self.high - self.low))


def chart(readings: Sequence[Reading], since: date, told: str) -> str:
    """The figure of a monitor's readings, a day each in their order; those before the day `since` are of the reference.
    `told` is what a screen reader says in its place."""
    scale, judged = Scale.of(readings), [one for one in readings if one.day >= since]
    begin = round(WIDE * max((since - scale.first).days, 0) / scale.days)
    picture = (f'<rect class="reference" width="{begin}" height="{HIGH}"/>' + allowed(judged, scale)
               + f'<path class="value" d="{line([(one.day, one.value) for one in readings], scale)}"/>'
               + marks("alarm", [(scale.x(one.day), scale.y(one.value)) for one in judged if one.status == "alarm"])
               + marks("none", [(scale.x(one.day), HIGH) for one in judged if one.status == "no value"]))
    past = '<span class="past">reference</span>' if begin > WIDE / 8 else ""
    return (f'<div class="chart" role="img" aria-label="{escape(told)}"><div class="plot">'
            f'<svg viewBox="0 0 {WIDE} {HIGH}" preserveAspectRatio="none" aria-hidden="true">{picture}</svg>'
            f"{past}{bound_labels(judged[-1], scale)}{value_labels(scale)}{day_labels(scale)}</div></div>")


def strip(readings: Sequence[Reading]) -> str:
    """A bar with a mark for each day that isn't ok."""
    bars = "".join(f'<path class="{"alarm" if one.status == "alarm" else "none"}" d="M{place} 0h1v10h-1z"/>'
                   for place, one in enumerate(readings) if one.status != "ok")
    return (f'<svg class="strip" viewBox="0 0 {len(readings)} 10" preserveAspectRatio="none" aria-hidden="true">{bars}'
            "</svg>")


def line(values: Sequence[tuple[date, float]], scale: Scale) -> str:
    """The path through the values of days. It is broken where a day is missing or has no value."""
    return "".join(f"M{joined([(scale.x(day), scale.y(value)) for day, value in run])}" + "h0" * (len(run) == 1)
                   for run in unbroken(values))


def joined(points: list[tuple[int, int]]) -> str:
    """The points of a line, without those inside of a level piece."""
    heights = [None, *(y for _, y in points), None]
    return "L".join(f"{x} {y}" for (x, y), before, after in zip(points, heights, heights[2:], strict=False)
                    if not before == y == after)


def unbroken(values: Sequence[tuple[date, float]]) -> list[list[tuple[date, float]]]:
    """Runs of days, each the day after the one before, that have a value."""
    runs: list[list[tuple[date, float]]] = []
    for day, value in values:
        if not math.isnan(value):
            if not runs or runs[-1][-1][0] != day - timedelta(1):
                runs.append([])
            runs[-1].append((day, value))
    return runs


def allowed(readings: Sequence[Reading], scale: Scale) -> str:
    """The area without an alarm, its borders, and what is expected."""
    found = {name: [(one.day, getattr(one, name)) for one in readings] for name in ("low", "high", "expected")}
    bounds = {one.day: (one.low, one.high) for one in readings}
    area = []
    for run in unbroken(found["expected"]):
        lower, upper = zip(*(bounds[day] for day, _ in run), strict=True)
        days = [scale.x(day) for day, _ in run]
        over = [(x, 0 if math.isnan(bound) else scale.y(bound)) for x, bound in zip(days, upper, strict=True)]
        under = [(x, HIGH if math.isnan(bound) else scale.y(bound)) for x, bound in zip(days, lower, strict=True)]
        area.append(f"M{joined(over)}L{joined(under[::-1])}z")
    border = line(found["high"], scale) + line(found["low"], scale)
    return (f'<path class="allowed" d="{"".join(area)}"/><path class="border" d="{border}"/>'
            f'<path class="expected" d="{line(found["expected"], scale)}"/>')


def marks(kind: str, places: list[tuple[int, int]]) -> str:
    """A mark of a kind at each place."""
    dots = "".join(f"M{x} {y}h0" for x, y in places)
    return f'<path class="mark {kind}" d="{dots}"/>' if dots else ""


def bound_labels(last: Reading, scale: Scale) -> str:
    """The bounds of the last day in words, at their heights."""
    return "".join(f'<span class="bound {side}" style="top:{100 * scale.y(bound) / HIGH:.1f}%">at {side} {bound:.4g}'
                   "</span>" for side, bound in (("most", last.high), ("least", last.low)) if not math.isnan(bound))


def value_labels(scale: Scale) -> str:
    """Round values left of the figure."""
    return "".join(f'<span class="y" style="top:{100 * scale.y(tick) / HIGH:.1f}%">{tick:.6g}</span>'
                   for tick in ticks(scale.low, scale.high))


def day_labels(scale: Scale) -> str:
    """Days below the figure, at most a few; every second one is left out on a narrow screen."""
    step = next((step for step in STEPS if scale.days <= step * MOST_LABELS), STEPS[-1])
    shown = [scale.first + timedelta(place) for place in range(step // 2, scale.days, step)]
    return "".join(f'<span class="x{" more" * (place % 2)}" style="left:{100 * scale.x(day) / WIDE:.1f}%">'
                   f"{day.day} {day:%b}</span>" for place, day in enumerate(shown))


def ticks(low: float, high: float) -> list[float]:
    """About four round numbers from low to high.

    >>> ticks(-0.3, 9.7)
    [0.0, 2.0, 4.0, 6.0, 8.0]
    """
    rough = (high - low) / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = size * min((1, 2, 5, 10), key=lambda times: abs(math.log(times * size / rough)))
    return [place * step + 0.0 for place in range(math.ceil(low / step), math.floor(high / step) + 1)]
