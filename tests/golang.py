# SPDX-License-Identifier: Apache-2.0
"""Programs of others, built from the Go modules that a folder's go.mod pins."""

import os
import subprocess
from pathlib import Path

BUILD = Path(__file__).resolve().parents[1] / "build"


def build_go(folder: Path, package: str, program: Path, linker_flags: str = "") -> Path:
    """With the Go that scripts/setup unpacked, or else the machine's. Go itself knows when there is nothing to do; the
    first time takes minutes. Answers `program`."""
    program.parent.mkdir(parents=True, exist_ok=True)
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
    command = [go, "build", "-C", folder, "-trimpath", f"-ldflags=-s -w {linker_flags}".rstrip(), "-o", program, package]
    subprocess.run(command, env=environment, check=True)
    return program
