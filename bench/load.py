# SPDX-License-Identifier: Apache-2.0
"""The same call many times over, by csi-load, and the calls of a volume's life on the controller."""

import json
import subprocess
from dataclasses import dataclass
from statistics import median

from rig import NODES, TOOLS, RigError
from samples import percentile

CAPABILITY = {"mount": {"fs_type": "ext4"}, "access_mode": {"mode": "SINGLE_NODE_WRITER"}}
_CREATE = {"name": "pvc-%n", "capacity_range": {"required_bytes": 1 << 30}, "volume_capabilities": [CAPABILITY]}
_ATTACH = {"volume_id": "pvc-%n", "node_id": NODES[0], "volume_capability": CAPABILITY}
_DETACH = {"volume_id": "pvc-%n", "node_id": NODES[0]}
_DELETE = {"volume_id": "pvc-%n"}

LIFE = {
    "create": ("Controller/CreateVolume", _CREATE),
    "attach": ("Controller/ControllerPublishVolume", _ATTACH),
    "detach": ("Controller/ControllerUnpublishVolume", _DETACH),
    "delete": ("Controller/DeleteVolume", _DELETE),
}


@dataclass(frozen=True)
class Load:
    seconds: float
    ms: list[float]

    @property
    def per_second(self) -> float:
        return len(self.ms) / self.seconds

    @property
    def median_ms(self) -> float:
        return median(self.ms)

    @property
    def p99_ms(self) -> float:
        return percentile(self.ms, 99)


def load(socket: str, method: str, request: dict | None = None, calls: int = 1, callers: int = 1, first: int = 0,
         may_fail: bool = False) -> Load:
    """"%n" in the request is the number of the call, `first` and up. Raises RigError when a call fails."""
    command = [
        TOOLS / "csi-load", socket, f"csi.v1.{method}", json.dumps(request or {}),
        "--callers", str(callers), "--calls", str(calls), "--first", str(first)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    if answer["failed"] and not may_fail:
        raise RigError(f"{method}: {answer['failed']} of {calls} failed: {answer['error']}")
    return Load(answer["seconds"], answer["ms"])


def live(socket: str, act: str, calls: int, callers: int = 1, first: int = 0) -> Load:
    """One act of LIFE with the volumes `first` and up."""
    return load(socket, *LIFE[act], calls=calls, callers=callers, first=first)
