# SPDX-License-Identifier: Apache-2.0
"""An OCI image as a tar file, made by nobody but us: the same content gives the same bytes, whenever, by whomever."""

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@dataclass
class Layer:
    """Files, links and folders by their path without a leading slash. Parents come by themselves."""

    comment: str
    entries: dict[str, tarfile.TarInfo] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)

    def add_file(self, path: str, content: bytes, mode: int = 0o644) -> None:
        entry = self._add(path, tarfile.REGTYPE, mode)
        entry.size = len(content)
        self.contents[entry.name] = content

    def add_link(self, path: str, target: str) -> None:
        self._add(path, tarfile.SYMTYPE, 0o777).linkname = target

    def add_folder(self, path: str, mode: int = 0o755) -> None:
        self._add(path, tarfile.DIRTYPE, mode)

    def _add(self, path: str, kind: bytes, mode: int) -> tarfile.TarInfo:
        name = path.lstrip("/")
        for parent in list(PurePosixPath(name).parents)[-2::-1]:
            self.entries.setdefault(str(parent), _entry(str(parent), tarfile.DIRTYPE, 0o755))
        self.entries[name] = _entry(name, kind, mode)
        return self.entries[name]

    def tar(self) -> bytes:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
            for name in sorted(self.entries):
                archive.addfile(self.entries[name], io.BytesIO(self.contents.get(name, b"")))
        return out.getvalue()


def _entry(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.mtime = kind, mode, 0
    return entry


def write_image(path: Path, layers: list[Layer], config: dict, name: str) -> None:
    """Writes an OCI layout that containerd, podman and skopeo read, with Docker's own list of what is in it beside.
    `config`: the image configuration but for its root filesystem; `name`: "rds-csi:0.1.0"."""
    blobs: dict[str, bytes] = {}
    tars = [layer.tar() for layer in layers]
    packed = [_descriptor(blobs, _LAYER, gzip.compress(tar, 9, mtime=0)) for tar in tars]
    config = {
        **config,
        "rootfs": {"type": "layers", "diff_ids": [_digest(tar) for tar in tars]},
        "history": [{"created": config["created"], "created_by": layer.comment} for layer in layers],
    }
    described = _descriptor(blobs, _CONFIG, _json(config))
    manifest = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": described, "layers": packed}
    entry = _descriptor(blobs, _MANIFEST, _json(manifest))
    entry["annotations"] = {
        "io.containerd.image.name": f"docker.io/library/{name}",
        "org.opencontainers.image.ref.name": name.split(":")[1],
    }
    files = {
        "index.json": _json({"schemaVersion": 2, "manifests": [entry]}),
        "manifest.json": _json(
            [{"Config": _place(described), "RepoTags": [name], "Layers": [_place(layer) for layer in packed]}]
        ),
        "oci-layout": _json({"imageLayoutVersion": "1.0.0"}),
        **{f"blobs/sha256/{digest}": content for digest, content in blobs.items()},
    }
    outer = Layer("image")
    for file, content in files.items():
        outer.add_file(file, content)
    partial = path.with_suffix(".part")
    partial.write_bytes(outer.tar())
    partial.replace(path)


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _descriptor(blobs: dict[str, bytes], media_type: str, content: bytes) -> dict:
    digest = _digest(content)
    blobs[digest.removeprefix("sha256:")] = content
    return {"mediaType": media_type, "digest": digest, "size": len(content)}


def _place(descriptor: dict) -> str:
    return "blobs/sha256/" + descriptor["digest"].removeprefix("sha256:")
