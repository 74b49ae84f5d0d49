# SPDX-License-Identifier: Apache-2.0
"""The control connection to one QEMU: as much of its machine protocol as a power switch, a pause and a cable need."""

import json
import socket


class Qmp:
    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(30)
        self._stream = connection.makefile("rw", encoding="utf-8", newline="\n")
        self._greeted = False

    def execute(self, command: str, **arguments: object) -> object:
        """The command's result. Raises RuntimeError when QEMU refuses it, OSError when QEMU is gone."""
        if not self._greeted:
            self._stream.readline()
            self._greeted = True
            self.execute("qmp_capabilities")
        self._stream.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self._stream.flush()
        while line := self._stream.readline():
            reply = json.loads(line)
            if "error" in reply:
                raise RuntimeError(f"{command}: {reply['error']['desc']}")
            if "return" in reply:
                return reply["return"]
        raise ConnectionError(f"QEMU ended during {command}")
