# SPDX-License-Identifier: Apache-2.0
"""What the driver takes: memory, idle and after many calls; time to start; the size of its programs and image."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from statistics import median

from load import CAPABILITY, LIFE, live, load
from rig import BINARIES, PROJECT, TOOLS, Process, Rig, running_rig

_CALLS = 10_000
_CALLERS = 32
_STARTS = 15
_IMAGE = PROJECT / "build" / "rds-csi-image.tar"


def measure() -> dict[str, float]:
    with running_rig() as rig:
        numbers = _controller_memory(rig) | _node_memory(rig)
        numbers |= _starts(rig)
    return numbers | _sizes()


def _controller_memory(rig: Rig) -> dict[str, float]:
    """The calls of volumes' lives, so many at once as the sidecars make at most."""
    controller = rig.start_controller()

    def life(volumes: int) -> None:
        for act in LIFE:
            live(rig.socket, act, volumes, _CALLERS)

    numbers = _memory("controller", controller, life)
    rig.stop(controller)
    return numbers


def _node_memory(rig: Rig) -> dict[str, float]:
    """What kubelet asks for again and again, and volumes that cannot be staged here: nobody listens for them."""
    node = rig.start_node()
    volume = {"volume_id": "pvc-%n", "staging_target_path": f"{rig.folder}/kubelet/%n"}
    nowhere = {"nvme_address": "127.0.0.1", "nvme_port": "1", "nvme_nqn": "nqn.2000-02.com.mikrotik:pvc-%n"}
    calls = (
        ("Identity/Probe", {}),
        ("Node/NodeGetVolumeStats", {**volume, "volume_path": f"{rig.folder}/kubelet"}),
        ("Node/NodeStageVolume", {**volume, "volume_capability": CAPABILITY, "publish_context": nowhere}),
        ("Node/NodeUnstageVolume", volume),
    )

    def life(volumes: int) -> None:
        for method, request in calls:
            load(rig.node_socket, method, request, calls=volumes, callers=_CALLERS, may_fail=True)

    numbers = _memory("node", node, life)
    rig.stop(node)
    return numbers


def _memory(role: str, process: Process, life: Callable[[int], None]) -> dict[str, float]:
    """`life` makes four calls a volume."""
    name = f"rss_mib.{role}"
    numbers = {name: process.memory_mib()}
    life(_CALLS // 40)
    early = process.memory_mib()
    life(_CALLS // 4 - _CALLS // 40)
    numbers[f"{name}.after_1k"] = early
    numbers[f"{name}.after_10k"] = process.memory_mib()
    numbers[f"{name}.growth"] = numbers[f"{name}.after_10k"] / early
    return numbers


def _starts(rig: Rig) -> dict[str, float]:
    numbers = {}
    for role, socket, command in (("controller", rig.socket, rig.controller_command()),
                                  ("node", rig.node_socket, rig.node_command())):
        start = [TOOLS / "csi-start", "--times", str(_STARTS), socket.removeprefix("unix://"), "--", *command]
        with (rig.folder / "starts.log").open("ab") as log:
            out = subprocess.run([str(word) for word in start], check=True, stdout=subprocess.PIPE, stderr=log).stdout
        numbers[f"ready_ms.{role}"] = median(json.loads(out.splitlines()[-1]))
    return {"ready_ms": max(numbers.values()), **numbers}


def _sizes() -> dict[str, float]:
    numbers = {f"binary_mib.{program}": _mib(BINARIES / program) for program in ("rds-csi", "rds-csi-io")}
    numbers["binary_mib"] = sum(numbers.values())
    return numbers | ({"image_mib": _mib(_IMAGE)} if _IMAGE.exists() else {})


def _mib(path: Path) -> float:
    return path.stat().st_size / (1 << 20)
