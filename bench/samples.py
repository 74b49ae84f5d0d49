# SPDX-License-Identifier: Apache-2.0
"""What many measurements of one thing come to."""

from collections.abc import Sequence
from math import ceil
from statistics import median


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that so many percent of all are not above."""
    ordered = sorted(samples)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def spread(samples: Sequence[float]) -> float:
    """How far the middle half of all samples reaches, as a part of their median: 0.1 is ten percent."""
    return (percentile(samples, 75) - percentile(samples, 25)) / median(samples)
