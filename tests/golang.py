#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Programs of others that tests run, built from the Go modules that are pinned in tests/*/go.mod. `scripts/setup
programs` builds them all beforehand, for the first time takes many minutes; a test that needs one asks again.

    tests/golang.py [NAME]...        all of them into build/programs
"""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).resolve().parent
BUILD = TESTS.parent / "build"
BETWEEN_WORDS = 30  # seconds
PACKAGES = {
    "helm": ("deploy", "helm.sh/helm/v3/cmd/helm"),
    "etcd": ("kube", "go.etcd.io/etcd/server/v3"),
    "kube-apiserver": ("kube", "k8s.io/kubernetes/cmd/kube-apiserver"),
    "csi-provisioner": ("sidecars", "github.com/kubernetes-csi/external-provisioner/v6/cmd/csi-provisioner"),
    "csi-attacher": ("sidecars", "github.com/kubernetes-csi/external-attacher/v4/cmd/csi-attacher"),
    "csi-resizer": ("sidecars", "github.com/kubernetes-csi/external-resizer/v2/cmd/csi-resizer"),
    "csi-sanity": ("sanity", "github.com/kubernetes-csi/csi-test/v5/cmd/csi-sanity"),
}
CONTROL_PLANE = ("etcd", "kube-apiserver")
SIDECARS = ("csi-provisioner", "csi-attacher", "csi-resizer")


def main() -> int:
    for name in sys.argv[1:] or PACKAGES:
        build(name)
    return 0


def build(name: str, folder: Path = BUILD / "programs") -> Path:
    """With the Go that scripts/setup unpacked, or else the machine's. Go itself knows when there is nothing to do. What
    it does is told on standard error. Answers the program, in `folder`."""
    place, package = PACKAGES[name]
    folder.mkdir(parents=True, exist_ok=True)
    unpacked = BUILD / "go" / "bin" / "go"
    go = str(unpacked) if unpacked.exists() else "go"
    environment = {
        "GOMODCACHE": str(BUILD / "go-cache" / "modules"),
        "GOCACHE": str(BUILD / "go-cache" / "objects"),
        **os.environ,
        "CGO_ENABLED": "0",  # So that it runs without any library, in a guest too.
        "GOFLAGS": "-modcacherw -p=2",  # A build folder that can be removed like any other; two compilers at once.
        "GOTOOLCHAIN": "local",
    }
    flags = " ".join(["-ldflags=-s -w", *linker_flags(name)])
    command = [go, "build", "-C", TESTS / place, "-v", "-trimpath", flags, "-o", folder / name, package]
    with one_at_a_time(folder):
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
            said = follow(name, process)
    if process.returncode != 0:
        raise SystemExit("\n".join([*said[-30:], f"{name} could not be built"]))
    return folder / name


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def follow(name: str, process: subprocess.Popen) -> list[str]:
    """All that a build says: a line for each module it fetches, for each package it compiles, and what is wrong."""
    said: list[str] = []
    start = time.monotonic()
    told = -BETWEEN_WORDS
    for line in process.stderr:
        said.append(line.rstrip())
        seconds = time.monotonic() - start
        if seconds - told >= BETWEEN_WORDS:
            compiled = sum(" " not in each for each in said)
            print(f"building {name}: {seconds:.0f} s, {compiled} packages", file=sys.stderr, flush=True)
            told = seconds
    return said


def linker_flags(name: str) -> list[str]:
    """A program that is built from modules does not know its own version; the API server must."""
    if name != "kube-apiserver":
        return []
    return [f"-X k8s.io/component-base/version.gitVersion={version_of('kube', 'k8s.io/kubernetes')}"]


def version_of(place: str, module: str) -> str:
    """What a go.mod pins."""
    for line in (TESTS / place / "go.mod").read_text().splitlines():
        words = line.removeprefix("require ").split()
        if words[:1] == [module]:
            return words[1]
    raise LookupError(f"{place}/go.mod names no {module}")


if __name__ == "__main__":
    sys.exit(main())
