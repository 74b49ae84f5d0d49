# SPDX-License-Identifier: Apache-2.0
"""A set of machines on one private network segment, and the folder that keeps what they leave behind."""

import fcntl
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from .kernel import LAB_FOLDER, PROJECT, Kernel
from .machine import Machine
from .qemu import MachineSpec
from .switch import Impairment, Switch


class Lab:
    """Use it with `with`: whatever happens inside, its machines are off afterwards. Start machines from one thread
    only, and from one that outlives them: they die with it."""

    def __init__(self, kernel: str = "6.1", name: str = "lab", shares: Sequence[Path] = ()) -> None:
        """`shares` are folders of the host that the guests must see although they lie in /tmp or /run."""
        self.kernel = Kernel(kernel)
        self.machines: list[Machine] = []
        self._shares = (PROJECT, *shares)
        self.folder, self._folder_lock = _claim_folder(f"{name}-{kernel}")
        self._switch = Switch()

    def machine(
        self, name: str, memory_mib: int = 2048, cpus: int = 2, forward: Sequence[int] = (), disk_mib: int = 0
    ) -> Machine:
        """Starts a machine; the others know it by its name. `forward`: ports to be reached from the host.
        `disk_mib`: the size of a disk that outlives its power cuts."""
        folder = self.folder / name
        (folder / ".machine").mkdir(parents=True)
        spec = MachineSpec(
            name=name, number=len(self.machines) + 1, kernel=self.kernel, folder=folder, memory_mib=memory_mib,
            cpus=cpus, shares=self._shares, forward={port: _free_port() for port in forward}, disk_mib=disk_mib)
        machine = Machine(spec, self._switch)
        self.machines.append(machine)
        self._write_hosts()
        return machine

    def silence(self, one: Machine, other: Machine, silent: bool = True) -> None:
        """Loses all traffic between two machines; no card sees its link go."""
        self.impair(one, other, loss=1 if silent else 0)

    def impair(self, one: Machine, other: Machine, loss: float = 0, delay: float = 0) -> None:
        """Loses that share of the traffic between two machines, and delays the rest by so many seconds each way.
        Without either, the link is a good one again."""
        self._switch.impair(one.name, other.name, Impairment(loss, delay))

    def close(self) -> None:
        for machine in self.machines:
            machine.power_off()
        self._switch.close()
        self._folder_lock.close()

    def __enter__(self) -> "Lab":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write_hosts(self) -> None:
        text = "127.0.0.1 localhost\n::1 localhost\n"
        for machine in self.machines:
            text += f"{machine.address} {machine.name}\n{machine.address6} {machine.name}\n"
        for machine in self.machines:
            (machine.folder / ".machine" / "hosts").write_text(text)


def _claim_folder(name: str) -> tuple[Path, TextIO]:
    """An empty folder under runs/ that no other lab uses as long as the lock is open."""
    runs = LAB_FOLDER / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        folder = runs / (name if number == 1 else f"{name}-{number}")
        lock = open(folder.with_name(f".{folder.name}.lock"), "w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            number += 1
            continue
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder, lock


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
