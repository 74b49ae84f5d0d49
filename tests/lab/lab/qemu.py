# SPDX-License-Identifier: Apache-2.0
"""The QEMU command line of a guest, and whether this host's KVM can be trusted with one."""

import os
import shlex
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .kernel import LAB_FOLDER, Kernel

_KVM_PROBE_SECONDS = 8


@dataclass(frozen=True)
class MachineSpec:
    name: str
    number: int
    kernel: Kernel
    folder: Path
    memory_mib: int = 2048
    cpus: int = 2
    shares: tuple[Path, ...] = ()
    forward: dict[int, int] = field(default_factory=dict)
    disk_mib: int = 0
    kernel_options: str = ""

    @property
    def disk(self) -> Path:
        return self.folder / ".machine" / "disk"

    @property
    def address(self) -> str:
        return f"10.77.0.{self.number}"

    @property
    def address6(self) -> str:
        return f"fd77::{self.number}"


def start_qemu(
    spec: MachineSpec, agent: socket.socket, control: socket.socket, cable: socket.socket
) -> subprocess.Popen:
    """Starts the guest. The three sockets are handed over to QEMU and closed here."""
    _write_environment(spec)
    sockets = (agent, control, cable)
    command = [
        *_base_command(spec.kernel, spec.folder / "console.log", acceleration()),
        "-append", f"{_KERNEL_OPTIONS} {spec.kernel_options}",
        "-m", str(spec.memory_mib), "-smp", str(spec.cpus),
        "-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap",
        "-virtfs", f"local,path={_escaped(spec.folder)},mount_tag=lab,security_model=none",
        "-chardev", f"socket,id=agent,fd={agent.fileno()}",
        "-device", "virtio-serial-pci", "-device", "virtserialport,chardev=agent,name=lab.agent",
        "-chardev", f"socket,id=control,fd={control.fileno()}", "-mon", "chardev=control,mode=control",
        "-netdev", f"dgram,id=segment,local.type=fd,local.str={cable.fileno()}",
        "-device", f"virtio-net-pci,netdev=segment,mac=52:54:00:77:00:{spec.number:02x}",
        *_forwarding(spec.forward),
        *_disk(spec),
    ]
    (spec.folder / ".machine" / "qemu").write_text(shlex.join(command) + "\n")
    with open(spec.folder / "qemu.log", "ab") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            pass_fds=[end.fileno() for end in sockets])
    for end in sockets:
        end.close()
    return process


# On a busy host an emulated timer may look broken to a kernel that checks it. The time is read as on other machines, by
# an instruction; by itself a kernel under emulation would take the HPET, which costs a system call and more each time.
# And an emulated processor speculates on nothing, so there is nothing to mitigate.
_KERNEL_OPTIONS = ("console=ttyS0 quiet panic=-1 net.ifnames=0 nvme_core.multipath=Y no_timer_check"
                   " tsc=reliable clocksource=tsc mitigations=off")


def _base_command(kernel: Kernel, console: Path, accelerator: list[str]) -> list[str]:
    """A guest without devices. It dies with the thread that starts it, whatever happens to that."""
    return [
        "setpriv", "--pdeathsig", "KILL", "--",
        "qemu-system-x86_64", "-machine", "q35", *accelerator, "-nodefaults", "-no-user-config", "-display", "none",
        "-no-reboot", "-kernel", str(kernel.image), "-initrd", str(kernel.initramfs()),
        "-chardev", f"file,id=console,path={_escaped(console)}", "-serial", "chardev:console",
    ]


def _forwarding(ports: dict[int, int]) -> list[str]:
    if not ports:
        return []
    rules = "".join(f",hostfwd=tcp:127.0.0.1:{host}-:{guest}" for guest, host in ports.items())
    return ["-netdev", f"user,id=host,restrict=on{rules}", "-device", "virtio-net-pci,netdev=host"]


def _disk(spec: MachineSpec) -> list[str]:
    """What the guest has written out to its disk outlives a power cut; only one of the host itself would be felt."""
    if not spec.disk_mib:
        return []
    if not spec.disk.exists():
        with open(spec.disk, "wb") as disk:
            disk.truncate(spec.disk_mib << 20)
    return ["-drive", f"file={_escaped(spec.disk)},if=virtio,format=raw,cache=unsafe,discard=unmap"]


def _write_environment(spec: MachineSpec) -> None:
    values = {
        "LAB_NAME": spec.name,
        "LAB_ADDRESS": spec.address,
        "LAB_ADDRESS6": spec.address6,
        "LAB_MODULES": str(spec.kernel.modules.resolve()),
        "LAB_SHARES": shlex.join(str(path) for path in spec.shares),
    }
    (spec.folder / ".machine").mkdir(parents=True, exist_ok=True)
    text = "".join(f"{key}={shlex.quote(value)}\n" for key, value in values.items())
    (spec.folder / ".machine" / "env").write_text(text)


def _escaped(path: Path) -> str:
    return str(path).replace(",", ",,")


def acceleration() -> list[str]:
    """KVM where a probe guest once came up with it since this host was booted, else emulation."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return _EMULATION
    verdict = LAB_FOLDER / f"kvm-{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}"
    if not verdict.exists():
        for old in LAB_FOLDER.glob("kvm-*"):
            old.unlink(missing_ok=True)
        verdict.write_text("works" if _kvm_works() else "broken")
    return _KVM if verdict.read_text() == "works" else _EMULATION


_EMULATION = ["-accel", "tcg,thread=multi", "-cpu", "max"]
_KVM = ["-accel", "kvm", "-cpu", "host"]


def _kvm_works() -> bool:
    """A guest that gets as far as the initramfs: it finds no devices and powers itself off."""
    console = LAB_FOLDER / "kvm-console.log"
    kernels = sorted((LAB_FOLDER / "kernels").glob("*/version"))
    command = _base_command(Kernel(kernels[0].parent.name), console, _KVM)
    try:
        subprocess.run([*command, "-m", "512", "-append", _KERNEL_OPTIONS], timeout=_KVM_PROBE_SECONDS,
                       stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except subprocess.TimeoutExpired:
        return False
    return console.exists() and "lab: init" in console.read_text(errors="replace")
