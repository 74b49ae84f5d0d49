# SPDX-License-Identifier: Apache-2.0
"""An image as a container engine sees it: read by the rules of OCI, its layers laid over one another in a folder."""

import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile
from pathlib import Path


class UnpackedImage:
    """`layout`: what the tar holds by name; `config`: the image's configuration; `root`: its files."""

    def __init__(self, image: Path, root: Path):
        self.root = root
        with tarfile.open(image) as archive:
            files = (member for member in archive if member.isfile())
            self.layout = {member.name: archive.extractfile(member).read() for member in files}
        index = json.loads(self.layout["index.json"])
        (entry,) = index["manifests"]
        self.manifest = json.loads(self.blob(entry))
        self.config = json.loads(self.blob(self.manifest["config"]))
        self.layers = [gzip.decompress(self.blob(layer)) for layer in self.manifest["layers"]]
        self.members: dict[str, tarfile.TarInfo] = {}
        for layer in self.layers:
            with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
                self.members |= {member.name: member for member in archive}
                archive.extractall(root)

    def blob(self, descriptor: dict) -> bytes:
        """Held to its size and digest."""
        digest = descriptor["digest"].removeprefix("sha256:")
        content = self.layout[f"blobs/sha256/{digest}"]
        assert hashlib.sha256(content).hexdigest() == digest, descriptor
        assert len(content) == descriptor["size"], descriptor
        return content

    def run(self, *words: str, **options) -> subprocess.CompletedProcess:
        """In the image, as in a container: of this machine there is /proc, and nothing else."""
        return subprocess.run(self.command(*words), capture_output=True, text=True, **options)

    def command(self, *words: str) -> list[str]:
        as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
        script = 'mount --rbind /proc "$0/proc"; exec /usr/sbin/chroot "$0" "$@"'
        return ["/usr/bin/unshare", "--mount", *as_root, "/bin/sh", "-ec", script, str(self.root), *words]

    def elf_files(self) -> list[str]:
        regular = [name for name, member in self.members.items() if member.isfile()]
        return [name for name in regular if (self.root / name).read_bytes()[:4] == b"\x7fELF"]

    def needs(self, name: str) -> set[str]:
        """The names of the libraries that a program or library asks for, and of its loader."""
        said = subprocess.run(["readelf", "-ld", self.root / name], capture_output=True, text=True, check=True).stdout
        needed = {line.split("[")[1].split("]")[0] for line in said.splitlines() if "(NEEDED)" in line}
        interpreters = [line.split(": ")[1].rstrip("]") for line in said.splitlines() if "interpreter:" in line]
        return needed | {os.path.basename(path) for path in interpreters}

    def place_of(self, library: str) -> str | None:
        """Where the loader finds a library, links followed; none: nowhere."""
        for folder in (self.root / "usr/lib").glob("*-linux-gnu*"), (self.root / "usr/lib64",):
            for candidate in folder:
                if (candidate / library).exists():
                    return str((candidate / library).resolve().relative_to(self.root.resolve()))
        return None
