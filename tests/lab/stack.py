# SPDX-License-Identifier: Apache-2.0
"""The driver and its RDS in guests: rds-sim, `rds-csi controller`, `rds-csi node`, and calls to their sockets.

`Stack` is all of it on one machine; the parts can be started on machines of their own as well.
"""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from lab import PROJECT, LabError, LabTimeout, Machine
from lab.program import deadline

BINARIES = Path(os.environ.get("RDS_CSI_BINARIES", PROJECT / "build" / "bin")).resolve()
DRIVER_NAME = "rds.csi.srvlab.io"
KUBELET = "/var/lib/kubelet"
BASE_PATH = "/storage-pool/volumes"
_START_SECONDS = 120
_REST_PORT, _SSH_PORT = 8443, 2222


class CallFailed(LabError):
    """A CSI call was answered with an error."""

    def __init__(self, method: str, code_name: str, message: str) -> None:
        super().__init__(f"{method}: {code_name}: {message}")
        self.code_name = code_name
        self.message = message


class Csi:
    """Calls CSI sockets of a machine, through one csi-call that runs there."""

    def __init__(self, machine: Machine, binaries: Path = BINARIES) -> None:
        self._program = machine.spawn([binaries / "csi-call"])
        self._methods: dict[int, str] = {}
        self._answers: dict[int, dict] = {}
        self.ms = 0.0  # How long the call took that was finished last, by the clock of the machine.

    def call(self, socket: str, method: str, timeout: float = 120, **request: object) -> dict:
        """The response, in protobuf JSON with the field names of csi.proto. Raises CallFailed."""
        return self.finish(self.start(socket, method, timeout, **request), timeout + 10)

    def start(self, socket: str, method: str, timeout: float = 120, **request: object) -> int:
        """Starts a call and answers its number, for `finish()`; several may be under way."""
        call_id = len(self._methods) + 1
        self._methods[call_id] = method
        call = {
            "id": call_id, "socket": socket, "method": f"csi.v1.{method}", "request": request,
            "timeout_ms": int(timeout * 1000), "wait_for_ready": True,
        }
        self._program.write_line(json.dumps(call))
        return call_id

    def finish(self, call_id: int, timeout: float = 130) -> dict:
        """The response to a call that was started. Raises CallFailed, or LabTimeout while there is none."""
        left = deadline(timeout)
        while call_id not in self._answers:
            answer = json.loads(self._program.read_line(left()))
            self._answers[answer["id"]] = answer
        answer = self._answers.pop(call_id)
        self.ms = answer["ms"]
        if answer["code"] != 0:
            raise CallFailed(self._methods[call_id], answer["code_name"], answer["message"])
        return answer["response"]

    def close(self) -> None:
        self._program.stop()


class Daemon:
    """A program of ours that runs until it is stopped; what it says is in NAME.log of its machine's folder."""

    def __init__(self, machine: Machine, name: str, command: list[object]) -> None:
        self.machine = machine
        self.name = name
        self._command = command
        self.start()

    def start(self) -> None:
        self.program = self.machine.spawn(self.command(), log=self.log_name)

    def command(self) -> list[str]:
        return [str(part) for part in self._command]

    @property
    def log_name(self) -> str:
        return f"{self.name}.log"

    def tail(self, lines: int = 15) -> str:
        return "\n".join(self.machine.log(self.log_name).splitlines()[-lines:])

    def stop(self) -> None:
        """Ends it. Raises LabError when it had ended by itself before, or does so with an error."""
        early = not self.program.running
        code = self.program.stop().code
        if early or code != 0:
            raise LabError(f"{self.name} ended {'by itself ' if early else ''}with exit code {code}\n{self.tail()}")

    def kill(self) -> None:
        """Ends it as a crash would."""
        self.program.kill()


def with_port(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class RdsSim(Daemon):
    """A simulated RDS that exports over NVMe/TCP. Its images are in STATE of the guest: in memory, or what is mounted
    there."""

    STATE = "/tmp/rds"
    CONTROL = "/run/rds-sim.sock"

    def __init__(self, machine: Machine, binaries: Path = BINARIES, address: str = "127.0.0.1", routeros: str = "7.24"):
        self.address = address
        self._program = binaries / "rds-sim"
        super().__init__(machine, "rds-sim", [
            binaries / "rds-sim", "--state-dir", self.STATE, "--routeros", routeros, "--export", "nvmet",
            "--rest", with_port(address, _REST_PORT), "--ssh", with_port(address, _SSH_PORT), "--nvme-address", address,
            "--pool", "storage-pool=16G:btrfs", "--directory", BASE_PATH, "--credentials-dir", "/lab/credentials",
            "--control", self.CONTROL,
        ])

    def start(self) -> None:
        self.machine.run("modprobe -a nvmet nvmet-tcp")
        known = self.machine.log(self.log_name).count("ready")
        super().start()
        self.machine.wait_until("rds-sim is ready", lambda: self._is_ready(known), _START_SECONDS, pause=0.05)

    def url(self, transport: str, name: str = "") -> str:
        """How to reach it, under `name` where it is not its address."""
        port = {"https": _REST_PORT, "ssh": _SSH_PORT}[transport]
        return f"{transport}://{with_port(name or self.address, port)}"

    def tell(self, what: str, **details: object) -> dict:
        """Sends a command to the simulator's control socket (`rds-sim --help` lists them); answers its answer."""
        command = json.dumps({"do": what, **details})
        return json.loads(self.machine.run([self._program, "tell", self.CONTROL, command]).out)

    def disks(self) -> list[dict[str, str]]:
        """The disks that are files, as the RDS itself shows them."""
        script = Path(__file__).with_name("rest_get.py")
        url = f"{self.url('https')}/rest/disk"
        rows = json.loads(self.machine.run(["/usr/bin/python3", script, url, "/lab/credentials"]).out)
        return [row for row in rows if row.get("type") == "file"]

    def images(self) -> list[str]:
        """The paths of the files that the RDS has on its pools."""
        return self.machine.run(f"find {self.STATE}/files -type f").out.splitlines()

    def _is_ready(self, known: int) -> bool:
        if not self.program.running:
            raise LabError(f"rds-sim ended\n{self.tail()}")
        return self.machine.log(self.log_name).count("ready") > known


class Plugin(Daemon):
    """One of the two halves of the driver, behind its socket."""

    SOCKET: str

    def start(self) -> None:
        self.machine.run("mkdir -p /run/rds-csi")
        super().start()

    def restart(self, csi: Csi) -> None:
        """Ends it as a crash would, and waits until it serves again."""
        if self.program.running:
            self.kill()
        self.start()
        self.wait_serving(csi)

    def wait_serving(self, csi: Csi) -> None:
        """Raises LabError when it ends instead, or takes too long."""
        left = deadline(_START_SECONDS)
        while left():
            try:
                csi.finish(csi.start(self.SOCKET, "Identity/Probe", timeout=5), timeout=_START_SECONDS)
                return
            except CallFailed:
                if not self.program.running:
                    raise LabError(f"{self.name} ended\n{self.tail()}") from None
        raise LabTimeout(f"{self.name} does not answer\n{self.tail()}")


class Controller(Plugin):
    SOCKET = "unix:///run/rds-csi/controller.sock"

    def __init__(
        self, machine: Machine, rds: RdsSim, binaries: Path = BINARIES, transport: str = "https",
        known_nodes: Sequence[str] = (), name: str = "",
    ) -> None:  # fmt: skip
        """`name` is what controller and nodes call the RDS; its address when there is none."""
        self.known_nodes = known_nodes
        if machine is not rds.machine:
            shutil.copytree(rds.machine.folder / "credentials", machine.folder / "credentials", dirs_exist_ok=True)
        super().__init__(machine, "controller", [
            binaries / "rds-csi", "controller", "--endpoint", self.SOCKET, "--driver-name", DRIVER_NAME,
            "--cluster-id", "lab", "--rds-url", rds.url(transport, name), "--rds-credentials-dir", "/lab/credentials",
            "--volume-base-path", BASE_PATH, "--nvme-address", name or rds.address,
            "--metrics-address", ":9810",  # The node may be on the same machine.
        ])

    def command(self) -> list[str]:
        return [*super().command(), *(word for node in self.known_nodes for word in ("--known-node", node))]


class Node(Plugin):
    SOCKET = "unix:///run/rds-csi/node.sock"

    STATE = "/var/lib/rds-csi"

    def __init__(self, machine: Machine, binaries: Path = BINARIES) -> None:
        super().__init__(machine, "node", [
            binaries / "rds-csi", "node", "--endpoint", self.SOCKET, "--driver-name", DRIVER_NAME,
            "--cluster-id", "lab", f"--node-id={machine.name}", "--kubelet-dir", KUBELET,
            "--state-dir", self.STATE, "--io-program", binaries / "rds-csi-io",
        ])

    def start(self) -> None:
        self.machine.run(f"modprobe nvme-tcp; mkdir -p {KUBELET}/plugins {KUBELET}/pods")
        super().start()


class Seat(Protocol):
    """Where a volume is used: one node of a cluster, and the cluster's controller."""

    machine: Machine
    kubelet: str

    def call_controller(self, method: str, **request: object) -> dict: ...

    def call_node(self, method: str, **request: object) -> dict: ...


class Stack:
    """RDS, controller and node on one machine, each behind its own socket, ready to be called."""

    controller = Controller.SOCKET
    node = Node.SOCKET
    kubelet = KUBELET

    def __init__(
        self, machine: Machine, binaries: Path = BINARIES, transport: str = "https", routeros: str = "7.24",
        address: str = "127.0.0.1", name: str = "",
    ) -> None:  # fmt: skip
        self.machine = machine
        self.daemons: list[Daemon] = []
        self.rds = self._started(RdsSim(machine, binaries, address, routeros))
        self.csi = Csi(machine, binaries)
        controller = Controller(machine, self.rds, binaries, transport, (machine.name,), name)
        self.plugins = (controller, Node(machine, binaries))
        for plugin in self.plugins:
            self._started(plugin).wait_serving(self.csi)

    def call_controller(self, method: str, **request: object) -> dict:
        return self.csi.call(self.controller, f"Controller/{method}", **request)

    def call_node(self, method: str, **request: object) -> dict:
        return self.csi.call(self.node, f"Node/{method}", **request)

    def stop(self) -> None:
        """Stops all, the RDS last. Raises LabError when one of them did not end well."""
        self.csi.close()
        while self.daemons:
            self.daemons.pop().stop()

    def __enter__(self) -> "Stack":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.stop()  # Otherwise all of it ends with the machine, and its state can still be looked at.

    def _started(self, daemon: Daemon) -> Daemon:
        self.daemons.append(daemon)
        return daemon
