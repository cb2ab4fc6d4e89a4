"""A page of what monitors saw: alarms, and a figure for each monitor with its thresholds.

The page stands alone: it loads nothing and runs no program. All that its figures show is there as text.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from types import MappingProxyType

from dataml_lab.drift.chart import chart, strip
from dataml_lab.drift.monitor import Monitor, Monitors, Reading, Threshold
from dataml_lab.pipeline.page import LIGHT, page, scrolled
from dataml_lab.pipeline.page import STYLE as BASE

STYLE = """
.drift .strip{display:block;width:100%;height:1.1rem;background:var(--area)}
.drift .reference{fill:var(--past)}.drift .plot path.allowed{fill:var(--area)}
.drift path.border{stroke:var(--line);stroke-width:1}
.drift path.expected{stroke:var(--quiet);stroke-width:1.5;stroke-dasharray:2 4}
.drift path.mark{stroke-width:8;stroke-linecap:square;stroke:var(--alarm)}
.drift path.mark.none{stroke:var(--quiet);stroke-linecap:round}
.drift .strip path.alarm{fill:var(--alarm)}.drift .strip path.none{fill:var(--quiet)}
.drift .plot .past{left:0;bottom:calc(100% + .2rem);color:var(--quiet)}
.drift .plot .bound{left:calc(100% + .3rem);color:var(--quiet)}.drift .plot .most{transform:translateY(-100%)}
@media(max-width:40rem){.drift .plot .bound{left:auto;right:0;background:var(--paper);padding:0 .2rem}}
@media(forced-colors:active){.drift path.border{stroke:CanvasText}.drift path.mark{stroke:Highlight}}
"""
BASELINES = {"reference": "the mean over the reference's days",
             "weekday": "the mean over the reference's days of the same weekday",
             "week before": "the mean of the week before"}


class Dashboard:
    """What monitors saw, as a page (`page`), and in a notebook.

    Parameters
    ----------
    monitors : after one day or more.
    title : the page's.
    groups : headings, each with the columns whose monitors stand below it; other columns stand below "Others".
    """

    def __init__(self, monitors: Monitors, title: str = "Monitors",
                 groups: Mapping[str, Sequence[str]] = MappingProxyType({})) -> None:
        if not monitors.days:
            raise ValueError("no day has been monitored yet")
        self.monitors, self.title, self.groups = monitors, title, groups
        self.seen = list(zip(*(monitors.readings(day).readings for day in monitors.days), strict=True))

    def page(self) -> str:
        """A page that stands alone, for a browser; light or dark as the reader's system is."""
        body = (f'<a class="skip" href="#figures">To the figures</a>{self._summary()}{self._overview()}'
                f"{self._episodes()}{self._figures(with_tables=True)}")
        return page(self.title, body, STYLE)

    def __repr__(self) -> str:
        return f"Dashboard of {len(self.monitors.monitors)} monitors, {len(self.monitors.days)} days: {self.title}"

    def _repr_html_(self) -> str:
        return (f'<style>.drift{{{LIGHT}}}{BASE}{STYLE}</style><div class="drift">'
                f"<h2>{escape(self.title)}</h2>{self._summary()}{self._overview()}{self._figures(with_tables=False)}"
                "</div>")

    def _summary(self) -> str:
        """The last day: its action, and what its alarms say."""
        last = self.monitors.readings(self.monitors.days[-1])
        told = "".join(f"<li>{escape(reading.told)}</li>" for reading in last.alarms)
        asked = "nothing is to be done." if last.action == "ok" else \
            f'<strong class="alarm">{escape(last.action)}</strong>.'
        acted = sum(self.monitors.actions() != "ok")
        return (f"<p><strong>{last.day:%A} {last.day}</strong>, the last day: {asked}</p><ul>{told}</ul>"
                f"<p>{acted} of {len(self.monitors.days)} days since {self.monitors.days[0]} asked for something.</p>")

    def _overview(self) -> str:
        """A line for each monitor: its name, the last value, and a strip of days."""
        rows = "".join(f'<li><a href="#monitor-{place}">{escape(str(readings[-1].monitor))}</a>'
                       f"<span>{escape(last_value(readings[-1]))}; {counted(readings)}</span>{strip(readings)}</li>"
                       for place, readings in enumerate(self.seen))
        return ('<h2>Overview</h2><p class="quiet">A bar is the days from first to last; a mark in it is a day with an '
                f'alarm, or, in grey, a day without a value.</p><ul class="rows">{rows}</ul>')

    def _episodes(self) -> str:
        """A table of alarms: days in a row of one monitor are one episode; the latest first."""
        found = sorted((one for readings in self.seen for one in episodes(readings)), reverse=True,
                       key=lambda episode: (episode[-1].day, episode[0].day))
        if not found:
            return "<h2>Alarms</h2><p>There was none.</p>"
        rows = "".join(f"<tr><td>{period(episode)}</td><td>{escape(episode[0].action)}</td>"
                       f"<td>{escape(episode[0].told)}</td></tr>" for episode in found)
        return ('<h2 id="alarms">Alarms</h2>' + scrolled("Alarms", "<table><thead><tr><th scope=\"col\">days</th>"
                "<th scope=\"col\">action</th><th scope=\"col\">on the first of them</th></tr></thead>"
                f"<tbody>{rows}</tbody></table>"))

    def _figures(self, with_tables: bool) -> str:
        """The figures of all monitors below the headings of their groups."""
        grouped = {column: name for name, columns in self.groups.items() for column in columns}
        found: dict[str, list[str]] = {name: [] for name in [*self.groups, "Others" if self.groups else "Monitors"]}
        for place, readings in enumerate(self.seen):
            name = grouped.get(readings[0].monitor.column, list(found)[-1])
            found[name].append(self._figure(place, readings, with_tables))
        sections = "".join(f"<h2>{escape(name)}</h2>{''.join(parts)}" for name, parts in found.items() if parts)
        return ('<div id="figures"><p class="quiet key">In the figures, the line is the value, the dotted line what is '
                "expected, and the coloured area what is allowed. A square is a day with an alarm, and a grey dot on "
                f"the lower border a day without a value.</p>{sections}</div>")

    def _figure(self, place: int, readings: Sequence[Reading], with_table: bool) -> str:
        """A monitor: its name, its rule, what it found, its figure, and the same in numbers."""
        monitor = readings[0].monitor
        past = [self.monitors.readings(day).readings[place]._replace(low=math.nan, high=math.nan, expected=math.nan)
                for day in sorted(self.monitors.values[monitor.metric, monitor.column]) if day <= self.monitors.until]
        table = f"<details><summary>Numbers of {escape(str(monitor))}</summary>{numbers(readings)}</details>"
        return (f'<section aria-labelledby="monitor-{place}"><h3 id="monitor-{place}">{escape(str(monitor))}: '
                f"{counted(readings)}</h3><p>{escape(rule(monitor))}</p>"
                + chart([*past, *readings], self.monitors.days[0], told(readings)) + table * with_table + "</section>")


def rule(monitor: Monitor) -> str:
    """A monitor's rule in words."""
    window = f"The mean of {monitor.window} days" if monitor.window > 1 else "Each day"
    baseline = BASELINES[monitor.baseline] if isinstance(monitor.baseline, str) else f"{monitor.baseline:g}"
    alarm = limit(Threshold.of(monitor.threshold))
    return f"{window} is compared with {baseline}. An alarm is {alarm}: {monitor.action}."


def limit(threshold: Threshold) -> str:
    """A threshold in words."""
    if threshold.unit == "×":
        return f"{'more' if threshold.above else 'less'} than {threshold.amount:g} times as much"
    side = "above or below" if threshold.above and threshold.below else "above" if threshold.above else "below"
    return f"more than {threshold.amount:g}{' standard deviations' * (threshold.unit == 'sd')} {side} it"


def counted(readings: Sequence[Reading]) -> str:
    """How many days had an alarm, or no value."""
    alarms = sum(one.status == "alarm" for one in readings)
    blind = sum(one.status in ("no value", "no baseline") for one in readings)
    return (f"{alarms or 'no'} alarm{'s' * (alarms != 1)} in {len(readings)} days"
            + f", {blind} not judged" * bool(blind))


def last_value(reading: Reading) -> str:
    """The value of a day and what was allowed."""
    bounds = [f"at {name} {bound:.4g}" for name, bound in (("least", reading.low), ("most", reading.high))
              if not math.isnan(bound)]
    if math.isnan(reading.value):
        return "no value"
    return f"{reading.value:.4g} ({' and '.join(bounds) or 'no baseline'})"


def told(readings: Sequence[Reading]) -> str:
    """A figure in a sentence."""
    values = [one.value for one in readings if not math.isnan(one.value)]
    span = f"from {min(values):.4g} to {max(values):.4g}, {values[-1]:.4g} at last" if values else "without a value"
    return (f"{readings[0].monitor} from {readings[0].day} to {readings[-1].day}: {span}; {counted(readings)}. "
            f"Last day: {last_value(readings[-1])}.")


def episodes(readings: Sequence[Reading]) -> Iterator[list[Reading]]:
    """Runs of readings with the same status, other than ok."""
    for status, found in groupby(readings, lambda one: one.status):
        if status != "ok":
            yield list(found)


def period(episode: Sequence[Reading]) -> str:
    """The days of an episode, as HTML."""
    first, last = episode[0].day, episode[-1].day
    days = [f'<span class="day">{day}</span>' for day in sorted({first, last})]
    return " to ".join(days) + f", {len(episode)} days" * (len(days) > 1)


def numbers(readings: Sequence[Reading]) -> str:
    """A table of the readings, the latest first."""
    cells = "".join("<tr><th scope=\"row\">" + f"{one.day}</th>" + "".join(
        f'<td class="number">{"" if math.isnan(value) else format(value, ".4g")}</td>'
        for value in (one.value, one.expected, one.low, one.high)) + f"<td>{one.status}</td></tr>"
        for one in reversed(readings))
    names = ("day", "value", "expected", "at least", "at most", "status")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return scrolled(f"Numbers of {readings[0].monitor}",
                    f"<table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>")
