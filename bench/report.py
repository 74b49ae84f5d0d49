# SPDX-License-Identifier: Apache-2.0
"""The numbers, as a table for people and as JSON for everybody else."""

import json
from collections.abc import Mapping
from pathlib import Path

from bounds import NUMBERS, Number


def write_json(numbers: Mapping[str, float], path: Path) -> None:
    """Flat: a name and a number each. What is not in `numbers` stays as an earlier run measured it."""
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**known, **numbers}, indent=2, sort_keys=True) + "\n")


def table(numbers: Mapping[str, float]) -> str:
    """Every number with a bound or a name of its own; the others are in the JSON."""
    rows = [_row(each, numbers.get(each.name)) for each in NUMBERS]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(_line(row, widths) for row in rows)


def _row(number: Number, value: float | None) -> tuple[str, ...]:
    shown = "-" if value is None else f"{readable(value)} {number.unit}".rstrip()
    return number.name, shown, number.bound, number.judge(value).value, number.what


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    name, value, bound, verdict, what = (cell.ljust(width) for cell, width in zip(row, widths))
    return f"{name}  {value.rstrip().rjust(len(value))}  {bound}  {verdict}  {what}".rstrip()


def readable(value: float) -> str:
    """Three digits, or all of them before the point."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
