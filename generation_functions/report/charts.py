"""Plots as SVG: data in, markup out. Colours are classes, so that the page's theme decides them.

A plot is as wide as a telephone and grows with its place. Its text is text: it can be selected and read aloud. Each has
a title that is a question and a description that is the answer in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from generation_functions.report.lengths import Histogram
from generation_functions.report.markup import Markup, Part, tag
from generation_functions.report.scale import number, ticks

WIDTH = 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 20, 40
_PLOT_HEIGHT = 170
_BAR, _BAR_GAP, _LABEL_HEIGHT = 14, 12, 17
_LETTER = 7.0
_MAP_HEIGHT = 320
_SHAPES = 7
NO_GROUP = _SHAPES
"""The number of a point that belongs to no group: it is drawn quietly."""


@dataclass(frozen=True)
class Bar:
    """A labelled bar of one or more parts end to end, each a value and the name of its colour; `note` stands behind."""

    label: str
    parts: tuple[tuple[float, str], ...]
    note: str = ""


@dataclass(frozen=True)
class Dot:
    """A point of a map: both coordinates within 0 and 1, its group's number, and words that are shown on pointing."""

    x: float
    y: float
    group: int
    words: str


def bar_chart(name: str, title: str, description: str, bars: Sequence[Bar], *, unit: str) -> Markup:
    """Horizontal bars on one scale from 0, in the given order, each below its label."""
    top = max((sum(value for value, _ in bar.parts) for bar in bars), default=0) or 1
    step = _LABEL_HEIGHT + _BAR + _BAR_GAP
    height = len(bars) * step + 44
    axis = [mark for mark in ticks(0, top, most=5) if mark == int(mark)] or [0.0]
    room = WIDTH - 2 - _RIGHT
    parts: list[Part] = [_grid(2 + room * mark / top, 4, height - 40) for mark in axis]
    parts += [_tick(2 + room * mark / top, height - 26, number(mark), _anchor(mark, top)) for mark in axis]
    parts += [_bar(bar, row * step + 4, room / top) for row, bar in enumerate(bars)]
    parts.append(_axis_name(2 + room / 2, height - 8, unit))
    return _svg(name, title, description, height, parts)


def _bar(bar: Bar, y: float, scale: float) -> Markup:
    note = bar.note
    room = int((WIDTH - 16 - _LETTER * len(note)) / _LETTER)
    label = tag("text", _cut(bar.label, room), x=2, y=y + 12, class_="label")
    parts: list[Part] = [label]
    if note:
        parts.append(tag("text", note, x=WIDTH - 2, y=y + 12, class_="note", text_anchor="end"))
    x = 2.0
    for value, colour in bar.parts:
        width = value * scale
        if value > 0:
            # What is there must be seen, however small its share.
            shown = max(width - 1, 1.5)
            parts.append(tag("rect", x=x, y=y + _LABEL_HEIGHT, width=shown, height=_BAR, rx=2, class_=colour))
        x += width
    return tag("g", tag("title", f"{bar.label}: {note or ''}".rstrip(": ")), parts)


def histogram_chart(
    name: str, title: str, description: str, histogram: Histogram, *, x_name: str, y_name: str, limit: int
) -> Markup:
    """Upright bars over round bins, with the limit as a line where it lies within them. Bins beyond it stand out."""
    width = WIDTH - _LEFT - _RIGHT
    bins = len(histogram.counts) + bool(histogram.beyond)
    end = histogram.start + bins * histogram.width
    top = max((*histogram.counts, histogram.beyond, 1))
    y_marks = [mark for mark in ticks(0, top, most=5) if mark == int(mark)]
    base, height = _TOP + _PLOT_HEIGHT, _TOP + _PLOT_HEIGHT + _BOTTOM
    parts: list[Part] = []
    for mark in y_marks:
        y = base - _PLOT_HEIGHT * mark / top
        parts.append(tag("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y, class_="grid"))
        parts.append(tag("text", number(mark), x=_LEFT - 6, y=y + 4, class_="tick", text_anchor="end"))
    scale = width / max(1, bins)
    for at, count in enumerate((*histogram.counts, *([histogram.beyond] if histogram.beyond else []))):
        parts.append(_column(histogram, at, count, limit, (scale, base, top)))
    for mark in ticks(histogram.start, histogram.start + len(histogram.counts) * histogram.width, most=6):
        x = _LEFT + width * (mark - histogram.start) / (end - histogram.start or 1)
        parts.append(_tick(x, base + 16, number(mark), "middle"))
    if histogram.start < limit < histogram.start + len(histogram.counts) * histogram.width:
        parts += _limit_line(_LEFT + width * (limit - histogram.start) / (end - histogram.start), base, limit)
    parts.append(tag("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=base, y2=base, class_="axis"))
    parts.append(_axis_name(_LEFT + width / 2, height - 6, x_name))
    parts.append(tag("text", y_name, x=4, y=12, class_="note"))
    return _svg(name, title, description, height, parts)


def _column(histogram: Histogram, at: int, count: int, limit: int, frame: tuple[float, float, float]) -> Markup | None:
    if not count:
        return None
    scale, base, top = frame
    low = histogram.start + at * histogram.width
    is_last = at == len(histogram.counts)
    height = max(1.5, _PLOT_HEIGHT * count / top)
    told = f"{low:,} and more" if is_last else f"{low:,} to {low + histogram.width - 1:,}"
    colour = "c-bad" if low > limit else "c-0"
    return tag(
        "rect", tag("title", f"{told}: {count:,}"), x=_LEFT + at * scale + 0.5, y=base - height,
        width=max(1.0, scale - 1), height=height, class_=colour,
    )  # fmt: skip


def _limit_line(x: float, base: float, limit: int) -> list[Part]:
    anchor = "end" if x > WIDTH / 2 else "start"
    beside = x - 4 if anchor == "end" else x + 4
    return [
        tag("line", x1=x, x2=x, y1=_TOP - 4, y2=base, class_="limit"),
        tag("text", f"limit {limit:,}", x=beside, y=_TOP + 6, class_="limit-name", text_anchor=anchor),
    ]


def map_chart(name: str, title: str, description: str, dots: Sequence[Dot], groups: Sequence[str]) -> Markup:
    """Points on a plane without axes; groups differ by colour and by shape, and are named where they are densest."""
    pad = 14
    parts: list[Part] = [tag("rect", x=1, y=1, width=WIDTH - 2, height=_MAP_HEIGHT - 2, rx=8, class_="plane")]
    for dot in dots:
        x, y = pad + dot.x * (WIDTH - 2 * pad), pad + dot.y * (_MAP_HEIGHT - 2 * pad)
        parts.append(tag("g", tag("title", dot.words), _shape(dot.group, x, y)))
    taken: list[tuple[float, float, float]] = []
    for group, words in enumerate(groups):
        own = [dot for dot in dots if dot.group == group]
        if own and words:
            parts += _group_name(own, words, taken, pad)
    return _svg(name, title, description, _MAP_HEIGHT, parts)


def _group_name(own: Sequence[Dot], words: str, taken: list[tuple[float, float, float]], pad: int) -> list[Part]:
    middle = sorted(own, key=lambda dot: dot.x)[len(own) // 2].x, sorted(own, key=lambda dot: dot.y)[len(own) // 2].y
    half = _LETTER * len(words) / 2
    x = min(max(pad + middle[0] * (WIDTH - 2 * pad), half + 4), WIDTH - half - 4)
    y = pad + middle[1] * (_MAP_HEIGHT - 2 * pad)
    for shift in (0, -18, 18, -36, 36, -54, 54):
        if 16 <= y + shift <= _MAP_HEIGHT - 8 and not any(
            abs(y + shift - other_y) < 16 and abs(x - other_x) < half + other for other_x, other_y, other in taken
        ):
            taken.append((x, y + shift, half))
            return [tag("text", words, x=x, y=y + shift, class_="place", text_anchor="middle")]
    return []


def _shape(group: int, x: float, y: float) -> Markup:
    colour = f"dot {group_colour(group)}"
    if group in (1, 5):
        return tag("rect", x=x - 3, y=y - 3, width=6, height=6, class_=colour)
    if group in (2, 6):
        return tag("path", d=f"M{x:.1f} {y - 4:.1f}l4 7h-8z", class_=colour)
    if group == 3:
        return tag("path", d=f"M{x:.1f} {y - 4.4:.1f}l4.4 4.4l-4.4 4.4l-4.4-4.4z", class_=colour)
    return tag("circle", cx=x, cy=y, r=3.4, class_=colour)


def group_colour(group: int) -> str:
    """The name of a group's colour; groups beyond the seven share a quiet one."""
    return f"c-{group}" if group < _SHAPES else "c-off"


def _svg(name: str, title: str, description: str, height: float, parts: Sequence[Part]) -> Markup:
    return tag(
        "svg", tag("title", title, id=f"{name}-title"), tag("desc", description, id=f"{name}-desc"), parts,
        viewBox=f"0 0 {WIDTH} {ceil(height)}", role="img", aria_labelledby=f"{name}-title {name}-desc", class_="plot",
    )  # fmt: skip


def _grid(x: float, top: float, bottom: float) -> Markup:
    return tag("line", x1=x, x2=x, y1=top, y2=bottom, class_="grid")


def _tick(x: float, y: float, text: str, anchor: str) -> Markup:
    return tag("text", text, x=x, y=y, class_="tick", text_anchor=anchor)


def _axis_name(x: float, y: float, text: str) -> Markup:
    return tag("text", text, x=x, y=y, class_="axis-name", text_anchor="middle")


def _anchor(mark: float, top: float) -> str:
    return "start" if mark == 0 else "end" if mark > 0.93 * top else "middle"


def _cut(text: str, letters: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= letters else f"{line[: max(1, letters - 1)]}…"
