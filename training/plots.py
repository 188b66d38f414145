"""Pictures for the report, as inline SVG: they show without a network and without a script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import numpy.typing as npt

__all__ = ["bar", "heat_map", "line_plot"]

WIDTH = 180  # pixels of a full bar
SIDE = 300  # pixels of a plot's sides
CELL = 17  # pixels of a heat map's cell


def bar(value: float, kind: str) -> str:
    """A bar for a share from 0 to 1; `kind` is its CSS class."""
    return (
        f'<svg width="{WIDTH}" height="10" role="img" aria-label="{value:.2f}"><rect class="b" width="{WIDTH}" height="10"/>'
        f'<rect class="{kind}" width="{value * WIDTH:.0f}" height="10"/></svg>'
    )


def line_plot(points: Sequence[tuple[float, float, str]], *, diagonal: bool, labels: tuple[str, str]) -> str:
    """Points (x, y, what is said of them), both from 0 to 1, joined by a line; `diagonal` draws y = x; `labels` name the axes."""
    at = [(40 + x * SIDE, 10 + (1 - y) * SIDE, said) for x, y, said in points]
    marks = "".join(
        f'<circle class="d" cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{escape(said)}</title></circle>' for x, y, said in at
    )
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in at)
    return (
        f'<svg width="{SIDE + 60}" height="{SIDE + 50}" role="img" aria-label="{escape(labels[1])}">'
        f'<rect class="a" x="40" y="10" width="{SIDE}" height="{SIDE}"/>{_grid()}'
        f"{_diagonal() if diagonal else ''}"
        f'<polyline class="l" points="{path}"/>{marks}'
        f'<text x="{40 + SIDE / 2}" y="{SIDE + 45}" text-anchor="middle">{escape(labels[0])}</text>'
        f'<text x="12" y="{10 + SIDE / 2}" text-anchor="middle" transform="rotate(-90 12 {10 + SIDE / 2})">{escape(labels[1])}</text></svg>'
    )


def heat_map(counts: npt.NDArray[np.int64], names: Sequence[str]) -> str:
    """A square of (themes, themes) counts, darker where larger; each cell tells its count when pointed at."""
    most = max(1, int(counts.max()))
    side = CELL * len(names)
    cells = "".join(
        f'<rect class="f" x="{40 + CELL * column}" y="{40 + CELL * row}" width="{CELL}" height="{CELL}" '
        f'opacity="{counts[row, column] / most:.2f}">'
        f"<title>{escape(names[row])} + {escape(names[column])}: {counts[row, column]}</title></rect>"
        for row in range(len(names))
        for column in range(len(names))
        if counts[row, column]
    )
    rows = "".join(
        f'<text x="36" y="{53 + CELL * at}" text-anchor="end">{escape(name)}</text>' for at, name in enumerate(names)
    )
    columns = "".join(
        f'<text transform="translate({53 + CELL * at} 36) rotate(-60)">{escape(name)}</text>'
        for at, name in enumerate(names)
    )
    return f'<svg class="m" width="{side + 80}" height="{side + 50}" role="img" aria-label="共现">{rows}{columns}{cells}</svg>'


def _grid() -> str:
    steps = (0, 0.2, 0.4, 0.6, 0.8, 1)
    return "".join(
        f'<text x="36" y="{14 + (1 - step) * SIDE:.0f}" text-anchor="end">{step:g}</text>'
        f'<text x="{40 + step * SIDE:.0f}" y="{SIDE + 26}" text-anchor="middle">{step:g}</text>'
        for step in steps
    )


def _diagonal() -> str:
    return f'<line class="g" x1="40" y1="{10 + SIDE}" x2="{40 + SIDE}" y2="10"/>'
