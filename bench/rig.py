# SPDX-License-Identifier: Apache-2.0
"""The programs that are measured, on this very machine: rds-sim, `rds-csi controller`, `rds-csi node`, and calls to
their sockets. What needs a kernel of its own is in guests.py."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
BINARIES = Path(os.environ.get("RDS_CSI_BINARIES", PROJECT / "build" / "bin")).resolve()
TOOLS = PROJECT / "build" / "bin"
NODES = [f"node{number}" for number in range(100)]
BASE_PATH = "/storage-pool/volumes"
PATIENCE = 60  # seconds


class RigError(Exception):
    pass


class Process:
    """Runs from now until it is stopped; what it says is in NAME.log of the rig's folder."""

    def __init__(self, folder: Path, name: str, command: list[object]) -> None:
        self.log = folder / f"{name}.log"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    @property
    def pid(self) -> int:
        return self._process.pid

    def memory_mib(self, kind: str = "VmRSS") -> float:
        """VmRSS: resident now; VmHWM: at most so far."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(f"{kind}:"):
                return int(line.split()[1]) / 1024
        raise RigError(f"process {self.pid} tells no {kind}")

    def wait_for(self, text: str) -> None:
        end = time.monotonic() + PATIENCE
        while text not in self.log.read_text(errors="replace"):
            if self._process.poll() is not None or time.monotonic() > end:
                raise RigError(f"{self.log.name} does not say {text!r}:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Rig:
    """Use it with `with`. `door`: how the controller talks to the RDS, https or ssh."""

    def __init__(self, folder: Path, door: str = "https") -> None:
        self.folder = folder
        self.door = door
        self.socket = f"unix://{folder}/controller.sock"
        self.node_socket = f"unix://{folder}/node.sock"
        self._control = folder / "control.sock"
        self._running: list[Process] = []

    def start_rds(self) -> None:
        doors = ("--rest", "127.0.0.1:0", "--ssh", "127.0.0.1:0")
        self.rds = self._start(
            "rds-sim", BINARIES / "rds-sim", "--state-dir", self.folder / "rds", *doors, "--control", self._control,
            "--pool", "storage-pool=1000T:btrfs", "--directory", BASE_PATH,
            "--credentials-dir", self.folder / "credentials")
        self.rds.wait_for("ready ")
        ports = dict(word.split("=") for word in self.rds.log.read_text().split() if "=" in word)
        self._urls = {"https": f"https://127.0.0.1:{ports['rest']}", "ssh": f"ssh://127.0.0.1:{ports['ssh']}"}

    def url(self, door: str) -> str:
        return self._urls[door]

    def controller_command(self, *more: object) -> list[object]:
        known = [word for node in NODES for word in ("--known-node", node)]
        return [
            BINARIES / "rds-csi", "controller", "--endpoint", self.socket, "--cluster-id", "bench",
            "--rds-url", self.url(self.door), "--rds-credentials-dir", self.folder / "credentials",
            "--volume-base-path", BASE_PATH, *(more or ["--metrics-address=", *known])]

    def node_command(self) -> list[object]:
        (self.folder / "kubelet").mkdir(exist_ok=True)
        return [
            BINARIES / "rds-csi", "node", "--endpoint", self.node_socket, "--cluster-id", "bench",
            "--node-id", NODES[0], "--kubelet-dir", self.folder / "kubelet", "--state-dir", self.folder / "node",
            "--metrics-address="]

    def start_controller(self, *more: object) -> Process:
        """`more`: flags in place of the nodes that it otherwise knows."""
        return self._serving("controller", self.controller_command(*more))

    def start_node(self) -> Process:
        return self._serving("node", self.node_command())

    def stop(self, process: Process) -> None:
        self._running.remove(process)
        process.stop()

    def tell(self, what: str, **details: object) -> dict:
        """A command to the simulator's control socket (`rds-sim --help` lists them)."""
        command = [BINARIES / "rds-sim", "tell", self._control, json.dumps({"do": what, **details})]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def latency(self, milliseconds: int) -> None:
        self.tell("latency", **{"round-trip-ms": milliseconds})

    def close(self) -> None:
        while self._running:
            self._running.pop().stop()

    def _serving(self, name: str, command: list[object]) -> Process:
        process = self._start(name, *command)
        process.wait_for('"serving"')
        return process

    def _start(self, name: str, *command: object) -> Process:
        process = Process(self.folder, name, list(command))
        self._running.append(process)
        return process


@contextmanager
def running_rig(door: str = "https") -> Iterator[Rig]:
    """With an RDS. Its folder is gone afterwards, unless something went wrong."""
    folder = Path(tempfile.mkdtemp(prefix="rds-csi-bench-"))
    rig = Rig(folder, door)
    try:
        rig.start_rds()
        yield rig
    finally:
        rig.close()
    shutil.rmtree(folder)
