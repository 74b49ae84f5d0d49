# SPDX-License-Identifier: Apache-2.0
"""A program running in a guest, seen from the host."""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from .errors import LabTimeout, MachineDied


@dataclass(frozen=True)
class Completed:
    code: int
    out: str
    err: str


class Program:
    """Its output is collected line by line; `send` carries a request for it to the guest's agent."""

    def __init__(self, title: str, send: Callable[[dict], None], echo: Callable[[str], None] | None) -> None:
        self.title = title
        self._send = send
        self._echo = echo
        self._changed = threading.Condition()
        self._out: list[str] = []
        self._err: list[str] = []
        self._lines_read = 0
        self._code: int | None = None
        self._lost: str | None = None

    @property
    def running(self) -> bool:
        return self._code is None and self._lost is None

    def wait(self, timeout: float) -> Completed:
        """Waits for the end. Raises LabTimeout, leaving the program running, or MachineDied."""
        with self._changed:
            if not self._changed.wait_for(lambda: not self.running, timeout):
                raise LabTimeout(f"{self.title}: still running after {timeout:.0f} s\n{self._tail()}")
            if self._lost is not None:
                raise MachineDied(f"{self.title}: {self._lost}")
            return Completed(self._code, "".join(self._out), "".join(self._err))

    def write_line(self, line: str) -> None:
        self._send({"write": line + "\n"})

    def read_line(self, timeout: float) -> str:
        """The next line of its standard output that nobody has read, without the line end."""
        with self._changed:
            ready = self._changed.wait_for(lambda: len(self._out) > self._lines_read or not self.running, timeout)
            if len(self._out) > self._lines_read:
                self._lines_read += 1
                return self._out[self._lines_read - 1].rstrip("\n")
            if ready:
                raise MachineDied(f"{self.title}: {self._lost or f'ended with exit code {self._code}'}\n{self._tail()}")
            raise LabTimeout(f"{self.title}: no line within {timeout:.0f} s\n{self._tail()}")

    def unread_lines(self) -> list[str]:
        """The lines of its standard output that are there and that nobody has read, without the line ends."""
        with self._changed:
            lines = self._out[self._lines_read :]
            self._lines_read = len(self._out)
        return [line.rstrip("\n") for line in lines]

    def close_input(self) -> None:
        self._send({"close": True})

    def signal(self, number: int) -> None:
        """To the program and all it started, unless they left its process group."""
        self._send({"signal": number})

    def stop(self, timeout: float = 10) -> Completed:
        """Asks the program to end, and ends it when it has not within the timeout."""
        self.signal(signal.SIGTERM)
        try:
            return self.wait(timeout)
        except LabTimeout:
            return self.kill()

    def kill(self, timeout: float = 10) -> Completed:
        self.signal(signal.SIGKILL)
        return self.wait(timeout)

    def receive(self, message: dict) -> None:
        """Takes what the agent reported about this program."""
        with self._changed:
            if "exit" in message:
                self._code = message["exit"]
            for kind, lines in (("out", self._out), ("err", self._err)):
                if kind in message:
                    lines.append(message[kind])
            self._changed.notify_all()
        if self._echo and "exit" not in message:
            self._echo(message.get("out", message.get("err", "")).rstrip("\n"))

    def lose(self, why: str) -> None:
        """Its machine is gone."""
        with self._changed:
            self._lost = why
            self._changed.notify_all()

    def _tail(self) -> str:
        return "".join((self._out + self._err)[-20:])


def deadline(timeout: float) -> Callable[[], float]:
    """Answers a function that says how many seconds are left, 0 at least."""
    end = time.monotonic() + timeout
    return lambda: max(0.0, end - time.monotonic())
