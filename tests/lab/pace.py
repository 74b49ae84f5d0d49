# SPDX-License-Identifier: Apache-2.0
"""How long a lab test may take, and whether `make test` has the time for it."""

from collections.abc import Callable

Test = Callable[..., object]


def thorough(minutes: float = 15) -> Callable[[Test], Test]:
    """Marks a test as one for `make lab` only, and gives it so much time."""

    def mark(test: Test) -> Test:
        test.thorough = True
        test.deadline = minutes * 60
        return test

    return mark
