# SPDX-License-Identifier: Apache-2.0
"""What the machine's Debian packages say about files: who owns one, whether it is as it was packaged, what it needs.
dpkg's own files are read, since asking dpkg once for every file takes minutes on a busy machine."""

import functools
import hashlib
import re
import subprocess
from pathlib import Path

_DPKG = Path("/var/lib/dpkg")
_LOADED = re.compile(r"^\s*(?:\S+ => )?(/\S+) \(0x[0-9a-f]+\)$", re.MULTILINE)
_CONFFILE = re.compile(r"^ (/\S+) ([0-9a-f]{32})$", re.MULTILINE)


class PackageError(Exception):
    """Something is not as its package has it; says what."""


def libraries_of(program: Path) -> set[Path]:
    """Every shared library, and the loader, that a program is run with. Empty for a static one."""
    ldd = subprocess.run(["ldd", program], capture_output=True, text=True, env={"LC_ALL": "C"})
    if "not a dynamic executable" in ldd.stderr + ldd.stdout or "statically linked" in ldd.stdout:
        return set()
    if ldd.returncode != 0 or "not found" in ldd.stdout:
        raise PackageError(f"{program}: {ldd.stdout}{ldd.stderr}")
    return {merged(Path(path)) for path in _LOADED.findall(ldd.stdout)}


def merged(path: Path) -> Path:
    """The path in /usr of what can also be reached through /lib, /bin …; the file itself may still be a link."""
    return _real_folder(path.parent) / path.name


@functools.cache
def _real_folder(folder: Path) -> Path:
    return folder.resolve()


def owner_of(path: Path) -> str:
    """The package that a file is from."""
    owner = _owners().get(str(path))
    if owner is None:
        raise PackageError(f"{path} is from no package")
    return owner


def packaged(path: Path) -> bytes:
    """The content of a file. Raises PackageError when it is not the one that its package brought."""
    content = path.read_bytes()
    owner = owner_of(path)
    if _digests(owner).get(str(path)) != hashlib.md5(content).hexdigest():
        raise PackageError(f"{path} is not as {owner} brought it")
    return content


def status_of(package: str) -> str:
    """The package's entry in dpkg's list, by which scanners know what is installed. Without its settings: which of them
    the machine changed is its own affair."""
    return re.sub(r"^Conffiles:\n(?: .*\n)+", "", _entries()[_plain(package)], flags=re.MULTILINE)


def copyright_of(package: str) -> Path:
    return Path("/usr/share/doc") / _plain(package) / "copyright"


def _plain(package: str) -> str:
    return package.split(":")[0]


@functools.cache
def _owners() -> dict[str, str]:
    """By the merged path: most packages still name /lib and /bin."""
    owners = {}
    for listing in sorted((_DPKG / "info").glob("*.list")):
        for line in listing.read_text().splitlines():
            head, _, name = line.rpartition("/")
            owners[f"{_real_folder(Path(head or '/'))}/{name}".replace("//", "/")] = listing.stem
    return owners


@functools.cache
def _digests(package: str) -> dict[str, str]:
    sums = (_DPKG / "info" / f"{package}.md5sums").read_text()
    pairs = [("/" + name, digest) for digest, name in (line.split(None, 1) for line in sums.splitlines())]
    pairs += _CONFFILE.findall(_entries()[_plain(package)])
    return {str(merged(Path(name))): digest for name, digest in pairs}


@functools.cache
def _entries() -> dict[str, str]:
    entries = (_DPKG / "status").read_text().split("\n\n")
    names = (re.match(r"Package: (\S+)", entry) for entry in entries)
    return {name[1]: entry + "\n" for name, entry in zip(names, entries, strict=True) if name}
