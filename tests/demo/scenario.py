# SPDX-License-Identifier: Apache-2.0
"""What the demo does with each volume. A step is an act, through the driver, and a look at the kernel and the RDS,
without the driver, that answers in words what was found or raises."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import evidence
from cluster import IMPATIENT, Worker
from pod import Pod
from volume import MIB, Volume

_DATA_MIB = 32


@dataclass(frozen=True)
class Step:
    what: str
    act: Callable[[], object]
    verify: Callable[[], str]


def require(condition: object, found: str) -> None:
    if not condition:
        raise AssertionError(found)


class Story:
    """From create to delete. What differs between filesystem and block volumes is left to the subclasses."""

    def __init__(self, worker: Worker, volume: Volume) -> None:
        self.worker = worker
        self.machine = worker.machine
        self.storage = worker.storage
        self.volume = volume
        self.name = volume.name
        self.written = ""
        self.bytes_before = 0

    def steps(self) -> list[Step]:
        volume = self.volume
        return [
            Step("create", volume.create, self.is_on_the_rds),
            Step("attach", volume.attach, self.is_exported_to_one_host),
            Step("stage", volume.stage, self.is_connected),
            Step("publish", volume.publish, self.is_published),
            Step(f"write {_DATA_MIB} MiB", self.write, self.reads_back),
            Step("grow to twice the size", self.grow, self.has_grown),
            Step("unpublish", volume.unpublish, self.is_not_published),
            Step("unstage", volume.unstage, self.is_not_connected),
            Step("detach", volume.detach, self.is_not_exported),
            Step("attach, stage, publish again", self.come_back, self.reads_back),
            Step("unpublish, unstage, detach", self.leave, self.is_not_exported),
            Step("delete", volume.delete, self.is_gone),
        ]

    # Acts

    def write(self) -> None:
        self.written = evidence.write_random(self.machine, self.data_path, _DATA_MIB)

    def grow(self) -> None:
        self.bytes_before = self.size()
        self.measured = self.volume.expand(2 * self.volume.bytes // MIB)

    def come_back(self) -> None:
        self.volume.attach()
        self.volume.stage()
        self.volume.publish()

    def leave(self) -> None:
        self.volume.unpublish()
        self.volume.unstage()
        self.volume.detach()

    # Looks

    def is_on_the_rds(self) -> str:
        sizes = self.storage.image_sizes()
        require(sizes == [self.volume.bytes], f"files on the RDS: {sizes}, wanted one of {self.volume.bytes}")
        require(self.volume.capacity_bytes == self.volume.bytes, f"answered {self.volume.capacity_bytes} bytes")
        exported = evidence.exported_to(self.storage.machine, self.volume.nqn)
        require(not exported, f"exported already, to {exported}")
        return f"{len(self.storage.rds.disks())} disk, {self.volume.bytes // MIB} MiB to the byte, not exported"

    def is_exported_to_one_host(self) -> str:
        hosts = evidence.exported_to(self.storage.machine, self.volume.nqn)
        require(len(hosts) == 1 and hosts != ["*"], f"exported to {hosts}")
        return f"exported, to one host only ({hosts[0][:33]}...)"

    def is_connected(self) -> str:
        states = evidence.connections(self.machine)
        require(states == {self.volume.nqn: "live"}, f"connections: {states}")
        self.device = self.only_device()
        return f"{self.device} is live, {self.found_staged()}"

    def is_published(self) -> str:
        raise NotImplementedError

    def found_staged(self) -> str:
        raise NotImplementedError

    def size(self) -> int:
        raise NotImplementedError

    def has_grown(self) -> str:
        raise NotImplementedError

    @property
    def data_path(self) -> str:
        raise NotImplementedError

    def reads_back(self) -> str:
        found = evidence.stored_checksum(self.machine, self.data_path, _DATA_MIB << 10)
        require(found == self.written, f"sha256 is {found}, written was {self.written}")
        return f"sha256 {found[:12]}... from the storage"

    def is_not_published(self) -> str:
        mounts = evidence.mounts_below(self.machine, self.volume.target)
        require(not mounts, f"mounts left: {mounts}")
        self.machine.run(f"[ ! -e {self.volume.target} ]")
        return "no mount on the target, target removed"

    def is_not_connected(self) -> str:
        left = evidence.left_on_node(self.machine, self.worker.kubelet)
        require(not left, f"left on the node: {left}")
        return "no mount left, no NVMe controller left, no anchor left"

    def is_not_exported(self) -> str:
        hosts = evidence.exported_to(self.storage.machine, self.volume.nqn)
        require(not hosts, f"still exported to {hosts}")
        return "export is off"

    def is_gone(self) -> str:
        left = [*self.storage.rds.disks(), *self.storage.rds.images()]
        left += evidence.target_leftovers(self.storage.machine, "subsystems", "hosts")
        require(not left, f"left on the RDS: {left}")
        return "no disk, no file, no export left on the RDS"

    def only_device(self) -> str:
        devices = evidence.block_devices(self.machine, self.volume.nqn)
        require(len(devices) == 1, f"block devices of the volume: {devices}")
        return devices[0]


class FilesystemStory(Story):
    @property
    def data_path(self) -> str:
        return f"{self.volume.target}/data"

    def size(self) -> int:
        return evidence.filesystem_bytes(self.machine, self.volume.target)

    def found_staged(self) -> str:
        return self._mounted_at(self.volume.staging)

    def is_published(self) -> str:
        return self._mounted_at(self.volume.target)

    def has_grown(self) -> str:
        size = self.size()
        require(size > 1.8 * self.bytes_before, f"filesystem went from {self.bytes_before} to {size} bytes")
        self.reads_back()
        return f"{self.volume.fs_type} went from {self.bytes_before // MIB} to {size // MIB} MiB, old data intact"

    def _mounted_at(self, path: str) -> str:
        mounts = evidence.mounts_below(self.machine, path)
        wanted = {path: (self.volume.fs_type, self.only_device())}
        require(mounts == wanted, f"mounts: {mounts}, wanted: {wanted}")
        return f"{self.volume.fs_type} is mounted there"


class BlockStory(Story):
    @property
    def data_path(self) -> str:
        return self.volume.target

    def size(self) -> int:
        return evidence.device_bytes(self.machine, self.volume.target)

    def found_staged(self) -> str:
        found = self.machine.run(f"blkid -p {self.device}", check=False)
        require(found.code == 2, f"the device is not blank: {found.out}{found.err}")
        return "and still blank"

    def is_published(self) -> str:
        kind = "stat -L -c '%F %t:%T'"
        same = self.machine.run(f"{kind} {self.volume.target}; {kind} {self.only_device()}").out.splitlines()
        require(same[0] == same[1] and same[0].startswith("block special"), f"target and device are {same}")
        return "the target is that very device"

    def has_grown(self) -> str:
        size = self.size()
        require(size == self.measured == self.volume.bytes, f"device {size}, answered {self.measured} bytes")
        self.reads_back()
        last = size // MIB - 1
        new = evidence.write_random(self.machine, self.data_path, 1, seek_mib=last)
        found = evidence.stored_checksum(self.machine, self.data_path, 1 << 10, seek_kib=last << 10)
        require(found == new, "the last MiB does not read back")
        return f"device went from {self.bytes_before // MIB} to {size // MIB} MiB, old data intact, last MiB writable"


class OutageStory:
    """The RDS loses its power under a filesystem and a block volume that are being written to, for longer than the
    kernel is willing to wait for it."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.machine = worker.machine
        self.name = "outage"
        self.volumes = [Volume(worker, "outage-ext4", 64, "ext4"), Volume(worker, "outage-block", 64)]
        self.pods: list[Pod] = []

    def steps(self) -> list[Step]:
        return [
            Step("create, attach, stage, publish", self.prepare, self.is_anchored),
            Step("write, synced and not", self.write, self.is_written),
            Step("cut the power of the RDS", self.cut_power, self.is_given_up),
            Step("power on", self.worker.storage.power_on, self.has_gone_on),
            Step("unpublish ... delete", self.leave, self.is_gone),
        ]

    def prepare(self) -> None:
        for volume in self.volumes:
            volume.create(**IMPATIENT)
            volume.put_to_use()

    def is_anchored(self) -> str:
        wanted = {volume.nqn: "live" for volume in self.volumes}
        self.machine.wait_until("the anchors are there", lambda: evidence.anchors(self.machine) == wanted, timeout=30)
        return f"{len(wanted)} connections to the RDS, {len(wanted)} anchors"

    def write(self) -> None:
        self.pods = [Pod(volume) for volume in self.volumes]
        for pod in self.pods:
            pod.writer.wait_for_records(20)
            pod.write_dirty()

    def is_written(self) -> str:
        return f"{sum(pod.writer.acknowledged for pod in self.pods)} records synced, more is in memory only"

    def cut_power(self) -> None:
        self.worker.storage.cut_power()
        self.cut_at = time.monotonic()

    def is_given_up(self) -> str:
        self.machine.wait_until("the kernel gives up", lambda: evidence.connections(self.machine) == {}, timeout=60)
        for pod in self.pods:
            pod.write_dirty()
        require(all(pod.writer.running for pod in self.pods), "a writer has ended")
        gone = time.monotonic() - self.cut_at
        return f"the kernel gave both connections up after {gone:.0f} s, the writers wait"

    def has_gone_on(self) -> str:
        written = [pod.finish() for pod in self.pods]
        records, longest = sum(each.last for each in written), max(each.longest for each in written)
        return f"no error, a pause of {longest:.0f} s; {records} records and 8 MiB of dirty pages are on the storage"

    def leave(self) -> None:
        for volume in self.volumes:
            volume.leave()
            volume.delete()

    def is_gone(self) -> str:
        left = evidence.left_on_node(self.machine, self.worker.kubelet) + self.worker.storage.rds.images()
        require(not left, f"left: {left}")
        return "nothing left on the node and on the RDS"
