# SPDX-License-Identifier: Apache-2.0
"""One guest: its QEMU, the agent in it that starts programs, and its switches."""

import json
import shlex
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence

from .errors import CommandFailed, LabTimeout, MachineDied
from .program import Completed, Program
from .qemu import MachineSpec, start_qemu
from .qmp import Qmp
from .switch import Switch

BOOT_TIMEOUT = 240
Echo = Callable[[str], None]


class Machine:
    """Starts at once and boots in the background: the first call that needs the guest waits for it.

    `folder` on the host is /lab in the guest, and outlives the machine: logs belong there.
    """

    def __init__(self, spec: MachineSpec, switch: Switch) -> None:
        self.name = spec.name
        self.address = spec.address
        self.address6 = spec.address6
        self.folder = spec.folder
        self._spec = spec
        self._switch = switch
        self._qemu: subprocess.Popen | None = None
        self.power_on()

    # Running programs

    def run(
        self,
        command: str | Sequence[str],
        timeout: float = 60,
        check: bool = True,
        echo: Echo | None = None,
        input: str | None = None,
    ) -> Completed:
        """Runs a shell script (with -e) or an argument list to its end.

        Raises CommandFailed (when `check`), LabTimeout (the program is ended) or MachineDied.
        """
        program = self.spawn(command, echo=echo)
        if input is not None:
            program.write_line(input)
        program.close_input()
        try:
            result = program.wait(timeout)
        except LabTimeout:
            program.signal(9)
            raise
        if check and result.code != 0:
            raise CommandFailed(self.name, _text(command), result.code, result.out + result.err)
        return result

    def spawn(
        self, command: str | Sequence[str], log: str | None = None, echo: Echo | None = None, **environment: str
    ) -> Program:
        """Starts a program and answers without waiting. With `log`, its output goes to that file of the folder."""
        self.wait_ready()
        argv = ["/bin/sh", "-ec", command] if isinstance(command, str) else [str(part) for part in command]
        program_id = self._next_id
        self._next_id += 1
        program = Program(
            f"{self.name}: {_text(command)}", lambda message: self._send({"id": program_id, **message}), echo
        )
        self._programs[program_id] = program
        log_path = f"/lab/{log}" if log else None
        self._send({"id": program_id, "start": argv, "log": log_path, "env": environment})
        return program

    def log(self, name: str) -> str:
        """The text of a file in the folder; empty when there is none yet."""
        path = self.folder / name
        return path.read_text(errors="replace") if path.exists() else ""

    def mount_disk(self, folder: str, options: str = "defaults") -> None:
        """Mounts the machine's disk, with a filesystem that is made on first use."""
        self.run(f"""
            modprobe -a virtio_blk ext4
            blkid /dev/vda >/dev/null || mkfs.ext4 -q -E lazy_itable_init=1,nodiscard /dev/vda
            mkdir -p {folder}
            mount -o {options} /dev/vda {folder}""")

    def tails(self, lines: int = 10) -> str:
        """The last lines of every log in the folder."""
        parts = [f"--- {path.name} of {self.name}\n{_tail(path.read_text(errors='replace'), lines)}"
                 for path in sorted(self.folder.glob("*.log"))]
        return "\n".join(parts)

    def wait_until(self, what: str, condition: Callable[[], object], timeout: float, pause: float = 0.2) -> None:
        """Asks again and again. Raises LabTimeout, which says `what` did not come true."""
        end = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > end:
                raise LabTimeout(f"{self.name}: not within {timeout:.0f} s: {what}")
            time.sleep(pause)

    # Switches

    def power_on(self) -> None:
        """Starts the machine with empty memory; what was in its folder is still there."""
        assert not self.powered, f"{self.name} is already running"
        self._programs: dict[int, Program] = {}
        self._next_id = 1
        self._ready = threading.Event()
        self._gone = False
        self._agent, agent_end = socket.socketpair()
        qmp, qmp_end = socket.socketpair()
        self._qmp = Qmp(qmp)
        self._qemu = start_qemu(self._spec, agent=agent_end, control=qmp_end, cable=self._switch.attach(self.name))
        self._reader = threading.Thread(target=self._read, args=(self._agent,), name=f"{self.name}-agent", daemon=True)
        self._reader.start()

    def power_off(self) -> None:
        """Cuts the power: nothing is synced, nothing says goodbye."""
        if not self._qemu:
            return
        self._qemu.kill()
        self._qemu.wait()
        self._reader.join()
        self._agent.close()
        self._switch.detach(self.name)
        self._qemu = None

    @property
    def powered(self) -> bool:
        return self._qemu is not None and self._qemu.poll() is None

    def pause(self) -> None:
        """Stops the machine's processors; to others it looks as if it hung."""
        self._qmp.execute("stop")

    def resume(self) -> None:
        self._qmp.execute("cont")

    def cable(self, plugged: bool) -> None:
        """Pulls or plugs the network cable; the guest's card sees it."""
        self._qmp.execute("set_link", name="segment", up=plugged)

    def host_port(self, guest_port: int) -> int:
        """The port of 127.0.0.1 on the host that leads to a port of the guest (one of `forward`)."""
        return self._spec.forward[guest_port]

    # The agent

    def wait_ready(self, timeout: float = BOOT_TIMEOUT) -> None:
        if not self._ready.wait(timeout):
            raise LabTimeout(f"{self.name}: did not boot within {timeout:.0f} s\n{self._console_tail()}")
        if self._gone:
            raise MachineDied(f"{self.name}: is not running\n{self._console_tail()}")

    def _send(self, message: dict) -> None:
        try:
            self._agent.sendall(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise MachineDied(f"{self.name}: {error}\n{self._console_tail()}") from None

    def _read(self, agent: socket.socket) -> None:
        with agent.makefile("rb") as lines:
            for line in lines:
                message = json.loads(line)
                if "ready" in message:
                    self._ready.set()
                elif message["id"] in self._programs:
                    self._programs[message["id"]].receive(message)
        self._gone = True
        for program in list(self._programs.values()):
            program.lose(f"the machine ended\n{self._console_tail()}")
        self._ready.set()

    def _console_tail(self) -> str:
        return _tail(self.log("console.log"), 15)


def _tail(text: str, lines: int) -> str:
    return "\n".join(line[:300] for line in text.splitlines()[-lines:])


def _text(command: str | Sequence[str]) -> str:
    return command.strip() if isinstance(command, str) else shlex.join(str(part) for part in command)

