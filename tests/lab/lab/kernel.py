# SPDX-License-Identifier: Apache-2.0
"""The kernels that scripts/setup unpacked, and the small initramfs that takes each of them to the host's own files."""

import fcntl
import hashlib
import lzma
import os
import subprocess
from pathlib import Path

from .cpio import CpioArchive

PROJECT = Path(__file__).resolve().parents[3]
LAB_FOLDER = PROJECT / "build" / "lab"
_INIT = Path(__file__).with_name("init.sh")
_AGENT = Path(__file__).with_name("agent.py")
# What stands between power-on and the root file system; everything else is loaded later from the module tree itself.
_BOOT_MODULES = ("virtio_pci", "virtio_console", "9pnet_virtio", "9p", "overlay", "virtio_net", "configfs")


class Kernel:
    """One unpacked Debian kernel, known by its series ("6.1"), or as the "newest"."""

    def __init__(self, series: str) -> None:
        self.series = series
        self.folder = LAB_FOLDER / "kernels" / series
        version_file = self.folder / "version"
        if not version_file.exists():
            raise FileNotFoundError(f"kernel {series} is not unpacked; scripts/setup lab does that")
        self.version = version_file.read_text().strip()
        self.image = self.folder / "vmlinuz"
        self.modules = self.folder / "lib" / "modules" / self.version

    def initramfs(self) -> Path:
        """The path of this kernel's initramfs, made on first use and again when what goes into it has changed."""
        key = hashlib.sha256(_INIT.read_bytes() + _AGENT.read_bytes() + repr(_BOOT_MODULES).encode()).hexdigest()[:12]
        path = self.folder / f"initramfs-{key}"
        with open(self.folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                for old in self.folder.glob("initramfs-*"):
                    old.unlink()
                part = path.with_suffix(".part")
                part.write_bytes(self._build_initramfs())
                part.rename(path)
        return path

    def _build_initramfs(self) -> bytes:
        archive = CpioArchive()
        for folder in ("bin", "modules", "proc", "sys", "dev", "host", "scratch", "root"):
            archive.folder(folder)
        archive.file("bin/busybox", _static_busybox().read_bytes(), 0o755)
        archive.link("bin/sh", "busybox")
        archive.file("init", _INIT.read_bytes(), 0o755)
        archive.file("agent.py", _AGENT.read_bytes())
        names = []
        for path in self._module_closure():
            names.append(path.name.removesuffix(".xz"))
            archive.file(f"modules/{names[-1]}", _module_bytes(path))
        archive.file("modules/order", "".join(f"{name}\n" for name in names).encode())
        return archive.finish()

    def _module_closure(self) -> list[Path]:
        """The files of the boot modules and all they need, in load order."""
        paths: dict[Path, None] = {}
        for module in _BOOT_MODULES:
            listing = subprocess.run(
                ["modprobe", "--show-depends", "-d", self.folder, "-S", self.version, module],
                check=True, capture_output=True, text=True).stdout
            for line in listing.splitlines():
                verb, _, rest = line.partition(" ")
                if verb == "insmod":
                    paths[Path(rest.split()[0])] = None
        return list(paths)


def _module_bytes(path: Path) -> bytes:
    content = path.read_bytes()
    return lzma.decompress(content) if path.suffix == ".xz" else content


def _static_busybox() -> Path:
    for folder in ("/usr/bin", "/bin"):
        path = Path(folder, "busybox")
        if os.access(path, os.X_OK):
            return path
    raise FileNotFoundError("no busybox; scripts/setup installs it")
