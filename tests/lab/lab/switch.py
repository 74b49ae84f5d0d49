# SPDX-License-Identifier: Apache-2.0
"""The private Ethernet segment of a lab: a thread that carries frames between the machines' network cards.

No packet of it ever reaches a network of the host. Unlike a pulled cable, which the guest notices at once, `silence()`
loses frames between two machines without telling anybody.
"""

import selectors
import socket
import threading

_GROUP_BIT = 1  # of a target address: broadcast or multicast


class Switch:
    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._ports: dict[str, socket.socket] = {}
        self._seen: dict[bytes, str] = {}
        self._silenced: set[frozenset[str]] = set()
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

    def silence(self, one: str, other: str, silent: bool = True) -> None:
        """Loses every frame between the two machines from now on, or no more when `silent` is False."""
        pair = frozenset((one, other))
        self._silenced = self._silenced | {pair} if silent else self._silenced - {pair}

    def close(self) -> None:
        self._stop_writer.close()
        self._thread.join()
        for machine in list(self._ports):
            self.detach(machine)
        self._stop_reader.close()
        self._selector.close()

    def _carry(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                self._carry_one(key.data, key.fileobj)

    def _carry_one(self, sender: str, port: socket.socket) -> None:
        try:
            frame = port.recv(1 << 17)
        except OSError:
            return
        target, source = frame[:6], frame[6:12]
        self._seen[source] = sender
        known = None if frame[0] & _GROUP_BIT else self._seen.get(target)
        for receiver in [known] if known else list(self._ports):
            if receiver != sender and frozenset((sender, receiver)) not in self._silenced:
                self._hand_over(receiver, frame)

    def _hand_over(self, receiver: str, frame: bytes) -> None:
        try:
            self._ports[receiver].send(frame)
        except (KeyError, OSError):
            pass  # A full or unplugged port loses the frame, as a cable would.
