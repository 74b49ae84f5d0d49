# SPDX-License-Identifier: Apache-2.0
"""RDS and nodes as machines of their own, with what can happen to them: cables, power cuts, crashes, silence.

The RDS of a cluster keeps what it acknowledged over a power cut: its disk is a disk, written through.
"""

import copy
from collections.abc import Sequence
from pathlib import Path

from lab import Lab
from stack import BINARIES, KUBELET, Controller, Csi, Node, RdsSim
from volume import Volume

# Such a volume's connection is given up by the kernel within seconds, not within ten minutes or never.
IMPATIENT = {"ctrlLossTmo": "5", "reconnectDelay": "1", "keepAliveTmo": "5"}


class Storage:
    """A guest that is the RDS, and the driver's controller beside it."""

    def __init__(
        self, lab: Lab, name: str, known_nodes: Sequence[str], disk_mib: int = 16384, binaries: Path = BINARIES,
        transport: str = "https",
    ) -> None:  # fmt: skip
        self.machine = lab.machine(name, memory_mib=1024, cpus=1, disk_mib=disk_mib)
        self._known_nodes = known_nodes
        self._binaries = binaries
        self._transport = transport

    def start(self) -> None:
        self._mount()
        self.rds = RdsSim(self.machine, self._binaries, self.machine.address)
        self.controller = Controller(self.machine, self.rds, self._binaries, self._transport, self._known_nodes)
        self._wait_serving()

    def call(self, method: str, **request: object) -> dict:
        return self.csi.call(Controller.SOCKET, f"Controller/{method}", **request)

    def cut_power(self) -> None:
        self.machine.power_off()

    def power_on(self) -> None:
        self.machine.power_on()
        self._mount()
        self.rds.start()
        self.controller.start()
        self._wait_serving()

    def reboot(self, down: float, exports_after: float = 0) -> None:
        """RouterOS restarts: away for so many seconds, then the NVMe port rejects everybody for the second time.
        Answers at once."""
        self.rds.tell("reboot", **{"down-ms": int(down * 1000), "exports-ms": int(exports_after * 1000)})

    def forget_node(self, name: str) -> None:
        """The cluster has no such node any more."""
        self.controller.known_nodes = [node for node in self.controller.known_nodes if node != name]
        self.controller.restart(self.csi)

    def image(self, volume: Volume) -> str:
        """The path of the file that holds a volume."""
        (path,) = (
            f"{RdsSim.STATE}/files{disk['file-path']}"
            for disk in self.rds.disks()
            if disk["nvme-tcp-server-nqn"] == volume.nqn
        )
        return path

    def image_sizes(self) -> list[int]:
        """In bytes, of all files that hold volumes."""
        return [int(self.machine.run(["stat", "-c", "%s", path]).out) for path in self.rds.images()]

    def checksum(self, volume: Volume) -> str:
        """Of all that is on the disk of a volume."""
        return self.machine.run(["sha256sum", self.image(volume)], timeout=120).out.split()[0]

    def stop(self) -> None:
        self.csi.close()
        self.controller.stop()
        self.rds.stop()

    def _mount(self) -> None:
        self.machine.mount_disk(RdsSim.STATE, options="sync")

    def _wait_serving(self) -> None:
        self.csi = Csi(self.machine, self._binaries)
        self.controller.wait_serving(self.csi)


class Worker:
    """A guest that is a node of the cluster."""

    kubelet = KUBELET

    def __init__(self, lab: Lab, name: str, storage: Storage, binaries: Path = BINARIES) -> None:
        self.machine = lab.machine(name, memory_mib=1024, cpus=1)
        self.storage = storage
        self._binaries = binaries

    def start(self) -> None:
        self.csi = Csi(self.machine, self._binaries)
        self.plugin = Node(self.machine, self._binaries)
        self.plugin.wait_serving(self.csi)

    def call_controller(self, method: str, **request: object) -> dict:
        return self.storage.call(method, **request)

    def call_node(self, method: str, **request: object) -> dict:
        return self.csi.call(Node.SOCKET, f"Node/{method}", **request)

    def using(self, storage: Storage) -> "Worker":
        """The same node, with volumes of another RDS."""
        other = copy.copy(self)
        other.storage = storage
        return other

    def restart_plugin(self) -> None:
        """Ends it as a crash would, and waits until it serves again."""
        self.plugin.restart(self.csi)

    def stop(self) -> None:
        self.csi.close()
        self.plugin.stop()


class Cluster:
    """Use it with `with`: everything must have ended well at its end, unless a test has failed. Without `with`, the
    machines boot, and `start()` starts the driver on them."""

    def __init__(
        self, lab: Lab, nodes: int = 1, rds: int = 1, disk_mib: int = 16384, binaries: Path = BINARIES,
        transport: str = "https",
    ) -> None:  # fmt: skip
        """`rds`: how many RDSes there are, each with a controller of its own; `storage` is the first."""
        names = [f"node{number}" for number in range(1, nodes + 1)]
        self.lab = lab
        self.storages = [
            Storage(lab, f"rds{number}", names, disk_mib, binaries, transport) for number in range(1, rds + 1)
        ]
        self.storage = self.storages[0]
        self.workers = [Worker(lab, name, self.storage, binaries) for name in names]

    def start(self) -> None:
        for part in (*self.storages, *self.workers):
            part.start()

    def stop(self) -> None:
        """Raises LabError when something did not end well."""
        for part in (*self.workers, *self.storages):
            part.stop()

    def volume(self, name: str, fs_type: str = "", mib: int = 0, **parameters: str) -> Volume:
        """A volume in use on the first node; a block volume without `fs_type`."""
        sizes = {"": 64, "ext4": 64, "xfs": 320}
        volume = Volume(self.workers[0], name, mib or sizes[fs_type], fs_type)
        volume.create(**parameters)
        volume.put_to_use()
        return volume

    def cut_off(self, worker: Worker, cut: bool = True) -> None:
        """Between a node and its RDS everything is lost, and nobody is told."""
        self.lab.silence(worker.machine, worker.storage.machine, cut)

    def __enter__(self) -> "Cluster":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.stop()
