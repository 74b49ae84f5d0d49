# SPDX-License-Identifier: Apache-2.0
"""The private Ethernet segment of a lab: a thread that carries frames between the machines' network cards.

No packet of it ever reaches a network of the host. Unlike a pulled cable, which the guest notices at once, what
`impair()` loses or delays between two machines is lost or delayed without telling anybody.
"""

import heapq
import itertools
import random
import selectors
import socket
import threading
import time
from dataclasses import dataclass

_GROUP_BIT = 1  # of a target address: broadcast or multicast


@dataclass(frozen=True)
class Impairment:
    """Of every frame between two machines, in both directions: the share that is lost, the seconds the rest takes."""

    loss: float = 0
    delay: float = 0


class Switch:
    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._ports: dict[str, socket.socket] = {}
        self._seen: dict[bytes, str] = {}
        self._impairments: dict[frozenset[str], Impairment] = {}
        self._under_way: list[tuple[float, int, str, bytes]] = []  # A heap: due, number, receiver, frame.
        self._numbers = itertools.count()
        self._chance = random.Random(4420)
        self._stop_reader, self._stop_writer = socket.socketpair()
        self._selector.register(self._stop_reader, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._carry, name="switch", daemon=True)
        self._thread.start()

    def attach(self, machine: str) -> socket.socket:
        """The machine's end of a new cable. A cable attached under the same name before is taken out."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        ours.setblocking(False)
        self.detach(machine)
        self._ports[machine] = ours
        self._selector.register(ours, selectors.EVENT_READ, machine)
        return theirs

    def detach(self, machine: str) -> None:
        port = self._ports.pop(machine, None)
        if port:
            self._selector.unregister(port)
            port.close()

    def impair(self, one: str, other: str, impairment: Impairment) -> None:
        """From now on; an `Impairment()` is a good link again."""
        self._impairments = {**self._impairments, frozenset((one, other)): impairment}

    def close(self) -> None:
        self._stop_writer.close()
        self._thread.join()
        for machine in list(self._ports):
            self.detach(machine)
        self._stop_reader.close()
        self._selector.close()

    def _carry(self) -> None:
        while True:
            for key, _ in self._selector.select(self._seconds_to_next()):
                if key.data is None:
                    return
                self._carry_one(key.data, key.fileobj)
            self._deliver_due()

    def _carry_one(self, sender: str, port: socket.socket) -> None:
        try:
            frame = port.recv(1 << 17)
        except OSError:
            return
        target, source = frame[:6], frame[6:12]
        self._seen[source] = sender
        known = None if frame[0] & _GROUP_BIT else self._seen.get(target)
        for receiver in [known] if known else list(self._ports):
            if receiver != sender:
                self._send(sender, receiver, frame)

    def _send(self, sender: str, receiver: str, frame: bytes) -> None:
        link = self._impairments.get(frozenset((sender, receiver)), Impairment())
        if link.loss and self._chance.random() < link.loss:
            return
        if link.delay:
            heapq.heappush(self._under_way, (time.monotonic() + link.delay, next(self._numbers), receiver, frame))
        else:
            self._hand_over(receiver, frame)

    def _seconds_to_next(self) -> float | None:
        return max(0.0, self._under_way[0][0] - time.monotonic()) if self._under_way else None

    def _deliver_due(self) -> None:
        while self._under_way and self._under_way[0][0] <= time.monotonic():
            _, _, receiver, frame = heapq.heappop(self._under_way)
            self._hand_over(receiver, frame)

    def _hand_over(self, receiver: str, frame: bytes) -> None:
        try:
            self._ports[receiver].send(frame)
        except (KeyError, OSError):
            pass  # A full or unplugged port loses the frame, as a cable would.
