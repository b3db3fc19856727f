"""Charts of an audit as inline SVG: no styles in attributes, no script, and a text that says what is drawn."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

from markupsafe import Markup

from trackwright_gen.audit.counting import Figures
from trackwright_gen.audit.trend import Point

_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 104, 12, 28
_MOST_GRID_LINES, _TICK_WIDTH = 5, 75
_LABEL_HEIGHT = 16
_YEAR = 12
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
"""Months between ticks."""
_LONG_SPAN = 100
"""Days from which ticks stand at the beginnings of months."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a chart is drawn for; text keeps its size, so narrow screens get a drawing of their own."""

    name: str
    width: int
    height: int


SIZES = (Size("wide", 980, 280), Size("narrow", 340, 240))


@dataclass(frozen=True, slots=True)
class Series:
    """One band or line: its class, its label, and its figure."""

    css: str
    label: str
    of: Callable[[Figures], int]


JOBS = (
    Series("tracked", "tracked", lambda each: each.tracked),
    Series("exempt", "exempt", lambda each: each.exempt),
    Series("untracked", "untracked", lambda each: each.untracked),
)
LEGACY = (Series("legacy", "legacy uses", lambda each: each.legacy),)


def stacked(points: Sequence[Point], series: Sequence[Series], size: Size, *, title: str) -> Markup:
    """Bands on top of each other, as wide as they count; a state holds until the next commit."""
    return _Chart(points, series, size, title).svg()


def described(points: Sequence[Point], series: Iterable[Series]) -> str:
    """What a chart shows, for those who do not see it."""
    first, last = points[0], points[-1]
    changes = (f"{each.label} from {each.of(first.figures)} to {each.of(last.figures)}" for each in series)
    return f"{first.when:%d %B %Y} to {last.when:%d %B %Y}: {', '.join(changes)}."


def bar(figures: Figures) -> Markup:
    """One group's jobs as a bar of parts; the figures stand beside it, so it says nothing to a screen reader."""
    parts = [(each.css, each.of(figures)) for each in JOBS]
    total = sum(number for _, number in parts)
    drawn, x = Markup(), 0.0
    for css, number in parts:
        width = 100 * number / total if total else 0
        if number:
            drawn += Markup('<rect class="{}" x="{:.2f}" y="0" width="{:.2f}" height="8"/>').format(
                css, x, width
            )
        x += width
    frame = Markup(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">{}</svg>'
    )
    return frame.format(drawn)


@dataclass(frozen=True, slots=True)
class _Chart:
    points: Sequence[Point]
    series: Sequence[Series]
    size: Size
    title: str

    def svg(self) -> Markup:
        """The whole drawing."""
        parts = Markup("\n").join([*self._grid(), *self._days(), *self._bands(), *self._labels()])
        name = f"{self.series[0].css}-{self.size.name}"
        return Markup(
            '<svg class="chart {size}" viewBox="0 0 {width} {height}" role="img" '
            'aria-labelledby="{name}-title {name}-desc">\n'
            '<title id="{name}-title">{title}</title>\n<desc id="{name}-desc">{desc}</desc>\n{parts}\n</svg>'
        ).format(
            size=self.size.name,
            width=self.size.width,
            height=self.size.height,
            name=name,
            title=self.title,
            desc=described(self.points, self.series),
            parts=parts,
        )

    @property
    def _top(self) -> int:
        """The greatest sum, rounded up to a grid line."""
        most = max(sum(each.of(point.figures) for each in self.series) for point in self.points)
        step = grid_step(most)
        return max(-(-most // step) * step, step)

    def _x(self, when: dt.datetime) -> float:
        first, last = self.points[0].when, self.points[-1].when
        part = (when - first) / (last - first) if last > first else 1.0
        # Clocks of committers differ: a commit may be older than the one before it.
        return _LEFT + min(max(part, 0), 1) * (self.size.width - _LEFT - _RIGHT)

    def _y(self, value: float) -> float:
        height = self.size.height - _TOP - _BOTTOM
        return _TOP + height * (1 - value / self._top)

    def _grid(self) -> Iterator[Markup]:
        right = self.size.width - _RIGHT
        for value in range(0, self._top + 1, grid_step(self._top)):
            y = self._y(value)
            yield Markup(
                '<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
                '<text class="tick end" x="{}" y="{:.1f}">{}</text>'
            ).format(_LEFT, right, y, y, _LEFT - 8, y + 4, value)

    def _days(self) -> Iterator[Markup]:
        room = (self.size.width - _LEFT - _RIGHT) // _TICK_WIDTH
        first, last = self.points[0].when, self.points[-1].when
        for when, text in ticks(first, last, most=max(room, 2)):
            x, y = self._x(when), self.size.height - _BOTTOM
            yield Markup(
                '<line class="grid" x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}"/>'
                '<text class="tick middle" x="{:.1f}" y="{}">{}</text>'
            ).format(x, x, y, y + 5, x, y + 20, text)

    def _bands(self) -> Iterator[Markup]:
        """All areas, then all lines, so that no area hides the half of a line."""
        edges = [list(self._stairs(values)) for values in self._sums()]
        for each, (below, above) in zip(self.series, pairwise(edges), strict=True):
            corners = " ".join([*above, *reversed(below)])
            yield Markup('<polygon class="area {}" points="{}"/>').format(each.css, corners)
        for each, edge in zip(self.series, edges[1:], strict=True):
            yield Markup('<polyline class="line {}" points="{}"/>').format(each.css, " ".join(edge))

    def _sums(self) -> Iterator[list[int]]:
        """The values of each edge, from the floor up."""
        sums = [0] * len(self.points)
        yield sums
        for each in self.series:
            sums = [low + each.of(point.figures) for low, point in zip(sums, self.points, strict=True)]
            yield sums

    def _stairs(self, values: Sequence[int]) -> Iterator[str]:
        """Corners of a line that keeps each value until the next commit."""
        places = [self._x(point.when) for point in self.points]
        yield f"{places[0]:.1f},{self._y(values[0]):.1f}"
        for x, (before, value) in zip(places[1:], pairwise(values), strict=True):
            if before != value:
                yield f"{x:.1f},{self._y(before):.1f}"
                yield f"{x:.1f},{self._y(value):.1f}"
        yield f"{places[-1]:.1f},{self._y(values[-1]):.1f}"

    def _labels(self) -> Iterator[Markup]:
        """Each band's name and figure at its end, moved apart where bands are thin."""
        last, low = self.points[-1].figures, 0
        places: list[tuple[float, Series]] = []
        for each in self.series:
            places.append((self._y(low + each.of(last) / 2), each))
            low += each.of(last)
        x = self.size.width - _RIGHT + 8
        for y, each in spread(places):
            yield Markup(
                '<text class="label {}" x="{}" y="{:.1f}"><tspan class="figure">{}</tspan> {}</text>'
            ).format(each.css, x, y + 4, each.of(last), each.label)


def spread(places: Sequence[tuple[float, Series]]) -> list[tuple[float, Series]]:
    """Labels from bottom to top, each at least its height above the one below."""
    found: list[tuple[float, Series]] = []
    for y, series in places:
        lowest = found[-1][0] - _LABEL_HEIGHT if found else y
        found.append((min(y, lowest), series))
    return found


def grid_step(most: int) -> int:
    """A round distance of grid lines, so that there are few: 1, 2, 5, 10, 20, 50, ..."""
    steps = (digit * int(10**power) for power in count() for digit in (1, 2, 5))
    return next(step for step in steps if most / step < _MOST_GRID_LINES)


def ticks(first: dt.datetime, last: dt.datetime, *, most: int) -> list[tuple[dt.datetime, str]]:
    """At most so many days of an axis: beginnings of months or years over a long span, else days evenly."""
    days = (last - first).days
    if days < _LONG_SPAN:
        return [(when, f"{when.day} {when:%b}") for when in _evenly(first, last, min(most, max(days, 1) + 1))]
    months = list(_months(first, last))
    for step in _STEPS:
        found = [when for when in months if (when.year * _YEAR + when.month - 1) % step == 0]
        if 1 < len(found) <= most:
            return [(when, str(when.year) if step % _YEAR == 0 else f"{when:%b %Y}") for when in found]
    return [(when, f"{when:%b %Y}") for when in _evenly(first, last, most)]


def _evenly(first: dt.datetime, last: dt.datetime, number: int) -> Iterator[dt.datetime]:
    for i in range(number):
        yield first + (last - first) * (i / max(number - 1, 1))


def _months(first: dt.datetime, last: dt.datetime) -> Iterator[dt.datetime]:
    month = first.year * 12 + first.month
    while True:
        when = dt.datetime(month // 12, month % 12 + 1, 1, tzinfo=dt.UTC)
        if when > last:
            return
        yield when
        month += 1
