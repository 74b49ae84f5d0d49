# SPDX-License-Identifier: Apache-2.0
"""CSI calls one after the other, through one csi-call that stays."""

import json
import subprocess

from rig import TOOLS, RigError


class Session:
    """Use it with `with`."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._program = subprocess.Popen(
            [TOOLS / "csi-call"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def call(self, method: str, **request: object) -> tuple[dict, float]:
        """The response, and how many milliseconds it took. Raises RigError."""
        call = {"socket": self._socket, "method": f"csi.v1.{method}", "request": request, "wait_for_ready": True}
        self._program.stdin.write(json.dumps(call) + "\n")
        answer = json.loads(self._program.stdout.readline())
        if answer["code"] != 0:
            raise RigError(f"{method}: {answer['code_name']}: {answer['message']}")
        return answer["response"], answer["ms"]

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self._program.stdin.close()
        self._program.wait()
