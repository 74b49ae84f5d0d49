# SPDX-License-Identifier: Apache-2.0
"""Plots as SVG: lines over an axis, readable on light and on dark ground."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from pathlib import Path

_WIDTH, _HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 24, 56, 92
_COLOURS = ("#2f6fde", "#d9622b", "#2a9d5c", "#a04bc4", "#8a8a8a")
_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #333 } .title { font-size: 16px; font-weight: 600 }
  .frame { stroke: #888 } .grid { stroke: #8884; stroke-width: 1 } .line { fill: none; stroke-width: 2.2 }
  @media (prefers-color-scheme: dark) { text { fill: #ddd } }
"""


@dataclass(frozen=True)
class Line:
    label: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False


@dataclass(frozen=True)
class Plot:
    """`name`: of its file. An axis in powers of ten begins at the power below its smallest value, another one at 0."""

    name: str
    title: str
    x: str
    y: str
    lines: Sequence[Line]
    log_x: bool = False
    log_y: bool = False

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.svg"
        path.write_text(self.svg())
        return path

    def svg(self) -> str:
        points = [point for line in self.lines for point in line.points]
        x = Axis([point[0] for point in points], self.log_x, _LEFT, _WIDTH - _RIGHT)
        y = Axis([point[1] for point in points], self.log_y, _HEIGHT - _BOTTOM, _TOP)
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
            f"<title>{escape(self.title)}</title><style>{_STYLE}</style>",
            _text(_LEFT, 26, self.title, "title"),
            *_horizontal(x, self.x), *_vertical(y, self.y),
            *(part for number, line in enumerate(self.lines) for part in _curve(line, _COLOURS[number], x, y)),
            *_legend(self.lines),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"


class Axis:
    """Where a value lies between two places of the picture, and which values are named."""

    def __init__(self, values: Sequence[float], is_log: bool, begin: float, end: float) -> None:
        self._is_log = is_log
        self._begin, self._end = begin, end
        self.ticks = _powers(min(values), max(values)) if is_log else _steps(max(values))
        self._least, self._most = self._scaled(self.ticks[0]), self._scaled(self.ticks[-1])

    def place(self, value: float) -> float:
        share = (self._scaled(value) - self._least) / (self._most - self._least)
        return self._begin + share * (self._end - self._begin)

    def _scaled(self, value: float) -> float:
        return log10(value) if self._is_log else value


def _steps(most: float, about: int = 5) -> list[float]:
    """From 0 to `most` at least, in steps of 1, 2 or 5 times a power of ten."""
    rough = most / about
    power = 10 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [number * step for number in range(ceil(most / step - 1e-9) + 1)]


def _powers(least: float, most: float) -> list[float]:
    first, last = floor(log10(least) + 1e-9), ceil(log10(most) - 1e-9)
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start", turn: str = "") -> str:
    kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{kind} text-anchor="{anchor}"{turn}>{escape(text)}</text>'


def _stroke(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def _horizontal(axis: Axis, label: str) -> list[str]:
    low = _HEIGHT - _BOTTOM
    parts = [_stroke(_LEFT, low, _WIDTH - _RIGHT, low, "frame")]
    for tick in axis.ticks:
        parts.append(_stroke(axis.place(tick), low, axis.place(tick), low + 5, "frame"))
        parts.append(_text(axis.place(tick), low + 20, _number(tick), anchor="middle"))
    return [*parts, _text((_LEFT + _WIDTH - _RIGHT) / 2, low + 42, label, anchor="middle")]


def _vertical(axis: Axis, label: str) -> list[str]:
    parts = []
    for tick in axis.ticks:
        parts.append(_stroke(_LEFT, axis.place(tick), _WIDTH - _RIGHT, axis.place(tick), "grid"))
        parts.append(_text(_LEFT - 8, axis.place(tick) + 4, _number(tick), anchor="end"))
    middle = (_TOP + _HEIGHT - _BOTTOM) / 2
    return [*parts, _text(18, middle, label, anchor="middle", turn=f' transform="rotate(-90 18 {middle})"')]


def _curve(line: Line, colour: str, x: Axis, y: Axis) -> list[str]:
    places = [(x.place(at), y.place(value)) for at, value in line.points]
    path = " ".join(f"{at:.1f},{value:.1f}" for at, value in places)
    dash = ' stroke-dasharray="6 5"' if line.dashed else ""
    dots = [] if line.dashed else [f'<circle cx="{at:.1f}" cy="{v:.1f}" r="3.5" fill="{colour}"/>' for at, v in places]
    return [f'<polyline points="{path}" class="line" stroke="{colour}"{dash}/>', *dots]


def _legend(lines: Sequence[Line]) -> list[str]:
    parts, at = [], float(_LEFT)
    for line, colour in zip(lines, _COLOURS):
        parts.append(f'<rect x="{at:.1f}" y="{_HEIGHT - 25}" width="16" height="4" rx="2" fill="{colour}"/>')
        parts.append(_text(at + 22, _HEIGHT - 18, line.label))
        at += 48 + 7.2 * len(line.label)
    return parts


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if value >= 1000 or value == int(value) else f"{value:g}"
