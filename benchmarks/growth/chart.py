"""Line charts as SVG, several side by side in one picture: the axis across counts in powers, the one up begins at nought."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Chart", "Line", "picture"]

WIDTH, HEIGHT, LEFT, TOP, APART = (
    300,
    220,
    64,
    56,
    96,
)  # pixels: a chart's inside, what is left of and above it, between two
COLOURS = ("#1f5fa8", "#c2571a")
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Line:
    """A name and points (x above 0, y of 0 or more)."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Chart:
    """One or two lines; what stands above them, and under the axis across."""

    title: str
    across: str
    lines: Sequence[Line]


def picture(charts: Sequence[Chart], columns: int = 2) -> str:
    """An SVG file of the charts, `columns` in a row, on white."""
    width, height = WIDTH + APART, TOP + HEIGHT + 72
    rows = math.ceil(len(charts) / columns)
    drawn = "".join(
        f'<g transform="translate({LEFT + at % columns * width} {TOP + at // columns * height})">{_chart(one)}</g>\n'
        for at, one in enumerate(charts)
    )
    size = f'width="{columns * width + 16}" height="{rows * height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{drawn}</svg>\n'
    )


def _chart(chart: Chart) -> str:
    xs = sorted({x for line in chart.lines for x, _ in line.points})
    step = _step(max(y for line in chart.lines for _, y in line.points))
    top = step * math.ceil(max(y for line in chart.lines for _, y in line.points) / step)
    low, high = math.log(xs[0]), math.log(xs[-1])

    def place(x: float, y: float) -> tuple[float, float]:
        return (math.log(x) - low) / ((high - low) or 1) * WIDTH, HEIGHT * (1 - y / top)

    grid = "".join(_level(HEIGHT * (1 - step * at / top), step * at) for at in range(round(top / step) + 1))
    ticks = "".join(
        f'<text x="{place(x, 0)[0]:.1f}" y="{HEIGHT + 18}" text-anchor="middle">{x:,.0f}</text>' for x in xs
    )
    lines = "".join(
        _line(line, [place(x, y) for x, y in line.points], colour)
        for line, colour in zip(chart.lines, COLOURS, strict=False)
    )
    return (
        f'<text x="{WIDTH / 2}" y="-34" text-anchor="middle" font-weight="bold">{escape(chart.title)}</text>{_legend(chart)}'
        f'{grid}{ticks}{lines}<text x="{WIDTH / 2}" y="{HEIGHT + 40}" text-anchor="middle">{escape(chart.across)}</text>'
    )


def _step(most: float) -> float:
    """Between two levels: about five of them reach `most`."""
    power: float = 10 ** math.floor(math.log10(most / 5 or 1))
    return next(one * power for one in STEPS if one * power * 5 >= most)


def _level(y: float, value: float) -> str:
    return (
        f'<line x1="0" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        f'<text x="-8" y="{y + 4:.1f}" text-anchor="end">{value:,g}</text>'
    )


def _line(line: Line, places: Sequence[tuple[float, float]], colour: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    marks = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places)
    return f'<g aria-label="{escape(line.name)}"><polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{marks}</g>'


def _legend(chart: Chart) -> str:
    """The lines' names; a single line is named by the title."""
    if len(chart.lines) == 1:
        return ""
    half = WIDTH / len(chart.lines)
    return "".join(
        f'<rect x="{at * half:.0f}" y="-20" width="14" height="4" fill="{colour}"/>'
        f'<text x="{at * half + 20:.0f}" y="-14">{escape(line.name)}</text>'
        for at, (line, colour) in enumerate(zip(chart.lines, COLOURS, strict=False))
    )
