# SPDX-License-Identifier: Apache-2.0
"""The real API server and etcd as programs, built from the Go modules that go.mod pins."""

import os
import subprocess
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PROJECT = FOLDER.parents[1]
BUILD = PROJECT / "build"
PACKAGES = {
    "etcd": "go.etcd.io/etcd/server/v3",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
}
VERSION = "k8s.io/component-base/version"


def build_programs(folder: Path) -> dict[str, Path]:
    """With the Go that scripts/setup unpacked, or else the machine's. Go itself knows when there is nothing to do; the
    first time takes minutes."""
    folder.mkdir(parents=True, exist_ok=True)
    return {name: _build(package, folder / name) for name, package in PACKAGES.items()}


def _build(package: str, program: Path) -> Path:
    unpacked = BUILD / "go" / "bin" / "go"
    go = str(unpacked) if unpacked.exists() else "go"
    environment = {
        "GOMODCACHE": str(BUILD / "go-cache" / "modules"),
        "GOCACHE": str(BUILD / "go-cache" / "objects"),
        **os.environ,
        "CGO_ENABLED": "0",
        "GOFLAGS": "-modcacherw -p=2",  # A build folder that can be removed like any other; two compilers at once.
        "GOTOOLCHAIN": "local",
    }
    flags = f"-s -w -X {VERSION}.gitVersion={_kubernetes_version()}"
    command = [go, "build", "-C", FOLDER, "-trimpath", f"-ldflags={flags}", "-o", program, package]
    subprocess.run(command, env=environment, check=True)
    return program


def _kubernetes_version() -> str:
    """What go.mod pins, which a program built from modules does not know of itself."""
    for line in (FOLDER / "go.mod").read_text().splitlines():
        words = line.split()
        if words[:1] == ["k8s.io/kubernetes"]:
            return words[1]
    raise LookupError("go.mod names no k8s.io/kubernetes")
