# SPDX-License-Identifier: Apache-2.0
"""One volume's way through its life, with the calls and the paths that Kubernetes uses."""

import copy
import hashlib
import time
from collections.abc import Callable

from lab import Machine
from lab.program import deadline
from stack import DRIVER_NAME, CallFailed, Seat

MIB = 1 << 20
_PASSING = ("ABORTED", "DEADLINE_EXCEEDED", "FAILED_PRECONDITION", "UNAVAILABLE")


def eventually(act: Callable[[], object], timeout: float = 180) -> None:
    """Calls again, as Kubernetes does, while the answer is one after which it does so. Raises CallFailed at the end."""
    left = deadline(timeout)
    while True:
        try:
            act()
            return
        except CallFailed as failure:
            if failure.code_name not in _PASSING or not left():
                raise
            time.sleep(1)


class Volume:
    """Remembers what the calls answered, as Kubernetes does between them. Each call may be repeated."""

    def __init__(
        self, stack: Seat, name: str, mib: int, fs_type: str = "", mount_flags: tuple[str, ...] = (),
        access_mode: str = "SINGLE_NODE_WRITER",
    ) -> None:  # fmt: skip
        """A filesystem volume when `fs_type` is given, else a block volume. `stack`: the node that it is used on."""
        self.name = name
        self.bytes = mib * MIB
        self.fs_type = fs_type
        self.mount_flags = mount_flags
        self._access_mode = access_mode
        self._stack = stack
        self._volume: dict = {}
        self._publish_context: dict = {}

    def on(self, stack: Seat) -> "Volume":
        """The same volume, used on another node: what was answered about it there is not known here."""
        other = copy.copy(self)
        other._stack = stack
        other._publish_context = {}
        return other

    @property
    def machine(self) -> Machine:
        """Where it is used."""
        return self._stack.machine

    @property
    def is_block(self) -> bool:
        return not self.fs_type

    @property
    def nqn(self) -> str:
        return f"nqn.2000-02.com.mikrotik:{self.name}"

    @property
    def capability(self) -> dict:
        mount = {"fs_type": self.fs_type, "mount_flags": self.mount_flags}
        access = {"block": {}} if self.is_block else {"mount": mount}
        return {**access, "access_mode": {"mode": self._access_mode}}

    @property
    def staging(self) -> str:
        plugins = f"{self._stack.kubelet}/plugins/kubernetes.io/csi"
        if self.is_block:
            return f"{plugins}/volumeDevices/staging/{self.name}"
        return f"{plugins}/{DRIVER_NAME}/{hashlib.sha256(self.name.encode()).hexdigest()}/globalmount"

    @property
    def target(self) -> str:
        if self.is_block:
            return f"{self._stack.kubelet}/plugins/kubernetes.io/csi/volumeDevices/publish/{self.name}/pod-1"
        return f"{self._stack.kubelet}/pods/pod-1/volumes/kubernetes.io~csi/{self.name}/mount"

    def create(self, **parameters: str) -> None:
        answer = self._stack.call_controller(
            "CreateVolume", name=self.name, capacity_range={"required_bytes": self.bytes},
            volume_capabilities=[self.capability], parameters=parameters)
        self._volume = answer["volume"]

    @property
    def capacity_bytes(self) -> int:
        """What CreateVolume or ControllerExpandVolume answered last."""
        return int(self._volume["capacity_bytes"])

    def attach(self, node_id: str = "") -> None:
        self.attached(self._stack.call_controller("ControllerPublishVolume", **self.attach_request(node_id)))

    def attach_request(self, node_id: str = "") -> dict:
        return {
            "volume_id": self._id, "node_id": node_id or self._stack.machine.name,
            "volume_capability": self.capability, "readonly": False, "volume_context": self._context,
        }

    def attached(self, answer: dict) -> None:
        self._publish_context = answer["publish_context"]

    def stage(self) -> None:
        self._stack.machine.run(["mkdir", "-p", self.staging])
        self._stack.call_node("NodeStageVolume", **self.stage_request())

    def stage_request(self) -> dict:
        return {
            "volume_id": self._id, "publish_context": self._publish_context, "staging_target_path": self.staging,
            "volume_capability": self.capability, "volume_context": self._context,
        }

    def publish(self, readonly: bool = False) -> None:
        self._stack.machine.run(["mkdir", "-p", self.target.rpartition("/")[0]])
        self._stack.call_node("NodePublishVolume", **self.publish_request(readonly))

    def publish_request(self, readonly: bool = False) -> dict:
        return {**self.stage_request(), "target_path": self.target, "readonly": readonly}

    def expand(self, mib: int) -> int:
        """Grows the volume and what is on it; answers the size that the node measured."""
        self.bytes = mib * MIB
        wanted = {"required_bytes": self.bytes}
        answer = self._stack.call_controller(
            "ControllerExpandVolume", volume_id=self._id, capacity_range=wanted,
            volume_capability=self.capability)
        self._volume["capacity_bytes"] = answer["capacity_bytes"]
        answer = self._stack.call_node(
            "NodeExpandVolume", volume_id=self._id, volume_path=self.target, capacity_range=wanted,
            staging_target_path=self.staging, volume_capability=self.capability)
        return int(answer["capacity_bytes"])

    def usage(self) -> list[dict]:
        return self.stats()["usage"]

    def stats(self) -> dict:
        return self._stack.call_node(
            "NodeGetVolumeStats", volume_id=self._id, volume_path=self.target, staging_target_path=self.staging)

    def unpublish(self) -> None:
        self._stack.call_node("NodeUnpublishVolume", **self.unpublish_request())

    def unpublish_request(self) -> dict:
        return {"volume_id": self._id, "target_path": self.target}

    def unstage(self) -> None:
        self._stack.call_node("NodeUnstageVolume", **self.unstage_request())

    def unstage_request(self) -> dict:
        return {"volume_id": self._id, "staging_target_path": self.staging}

    def detach(self, node_id: str = "") -> None:
        self._stack.call_controller(
            "ControllerUnpublishVolume", volume_id=self._id, node_id=node_id or self._stack.machine.name)

    def delete(self) -> None:
        self._stack.call_controller("DeleteVolume", volume_id=self._id)

    def sync(self, timeout: float = 60) -> None:
        """What was written to it is on the storage afterwards; other volumes may wait for theirs."""
        self.machine.run(f"sync {'' if self.is_block else '-f'} {self.target}", timeout)

    def put_to_use(self) -> None:
        """From attached to nobody to published here."""
        self.attach()
        self.stage()
        self.publish()

    def leave(self) -> None:
        """From published here to attached to nobody."""
        self.unpublish()
        self.unstage()
        self.detach()

    @property
    def _id(self) -> str:
        return self._volume["volume_id"]

    @property
    def _context(self) -> dict:
        return self._volume.get("volume_context", {})
