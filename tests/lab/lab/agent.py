# SPDX-License-Identifier: Apache-2.0
"""Starts programs in a guest for the host, over a virtio-serial port, one JSON object a line.

From the host: {"id", "start": argv, "env", "cwd", "log"}, {"id", "write": text}, {"id", "close": true},
               {"id", "signal": number}.
To the host:   {"ready": kernel release}, {"id", "out": text}, {"id", "err": text}, {"id", "exit": code}.
It ends when the host closes the port; the guest then powers itself off.
"""

import glob
import json
import os
import subprocess
import sys
import threading

PORT_NAME = "lab.agent"


def main() -> None:
    agent = Agent(open_port())
    agent.send({"ready": os.uname().release})
    agent.serve()


class Agent:
    def __init__(self, port: int) -> None:
        self._port = port
        self._sending = threading.Lock()
        self._programs: dict[int, subprocess.Popen] = {}

    def send(self, message: dict) -> None:
        data = json.dumps(message).encode() + b"\n"
        with self._sending:
            while data:
                data = data[os.write(self._port, data) :]

    def serve(self) -> None:
        with os.fdopen(self._port, "rb", closefd=False) as lines:
            for line in lines:
                self._obey(json.loads(line))

    def _obey(self, message: dict) -> None:
        if "start" in message:
            try:
                self._start(message)
            except OSError as error:
                self.send({"id": message["id"], "err": f"{message['start'][0]}: {error}\n"})
                self.send({"id": message["id"], "exit": 127})
            return
        try:
            self._pass_on(self._programs[message["id"]], message)
        except (KeyError, OSError):
            pass  # The program ended in the meantime; the host hears of that anyway.

    def _pass_on(self, program: subprocess.Popen, message: dict) -> None:
        if "write" in message:
            program.stdin.write(message["write"].encode())
            program.stdin.flush()
        elif "close" in message:
            program.stdin.close()
        elif "signal" in message:
            os.killpg(program.pid, message["signal"])

    def _start(self, message: dict) -> None:
        log = open(message["log"], "ab", buffering=0) if message.get("log") else None
        program = subprocess.Popen(
            message["start"],
            stdin=subprocess.PIPE,
            stdout=log or subprocess.PIPE,
            stderr=log or subprocess.PIPE,
            env={**os.environ, **message.get("env", {})},
            cwd=message.get("cwd", "/"),
            start_new_session=True,
        )
        self._programs[message["id"]] = program
        threading.Thread(target=self._follow, args=(message["id"], program), daemon=True).start()

    def _follow(self, program_id: int, program: subprocess.Popen) -> None:
        """Reports all that the program says, and then its end."""
        streams = [(kind, stream) for kind, stream in (("out", program.stdout), ("err", program.stderr)) if stream]
        readers = [
            threading.Thread(target=self._forward, args=(program_id, kind, stream), daemon=True)
            for kind, stream in streams
        ]
        for reader in readers:
            reader.start()
        code = program.wait()
        for reader in readers:
            reader.join(timeout=1)  # A grandchild may hold the pipe open for ever.
        self.send({"id": program_id, "exit": code})

    def _forward(self, program_id: int, kind: str, stream) -> None:
        for line in stream:
            self.send({"id": program_id, kind: line.decode(errors="replace")})


def open_port() -> int:
    for name_file in glob.glob("/sys/class/virtio-ports/*/name"):
        with open(name_file) as name:
            if name.read().strip() == PORT_NAME:
                return os.open("/dev/" + name_file.split("/")[4], os.O_RDWR)
    sys.exit("lab: the host gave this machine no agent port")


main()
