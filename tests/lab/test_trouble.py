# SPDX-License-Identifier: Apache-2.0
"""Storage that misbehaves: devices that answer errors, a pool without room, a bad network, an RDS that hangs."""

import statistics
import time

import evidence
from cluster import IMPATIENT, Cluster, Storage, Worker
from lab import CommandFailed, Lab
from pace import thorough
from pod import Pod
from stack import CallFailed
from volume import MIB, Volume, eventually

_SECTORS = 64 * MIB // 512
_REFUSALS = ("ABORTED", "DATA_LOSS", "FAILED_PRECONDITION", "INTERNAL", "UNAVAILABLE")


@thorough()
def test_a_device_that_answers_errors_is_never_formatted(lab: Lab) -> None:
    broken = {  # Device-mapper tables over the device that the RDS exports.
        "all of it": f"0 {_SECTORS} error",
        "the start": f"0 8 error\n8 {_SECTORS - 8} linear {{device}} 8",
        "the end": f"0 {_SECTORS - 8} linear {{device}} 0\n{_SECTORS - 8} 8 error",
    }
    with Cluster(lab) as cluster:
        for content in ("blank", "precious"):
            volume = Volume(cluster.workers[0], content, mib=64, fs_type="ext4")
            volume.create()
            volume.attach()
            writer = fill(volume) if content == "precious" else None
            for what, table in broken.items():
                before = cluster.storage.checksum(volume)
                break_device(cluster.storage, volume, table)
                stage_is_refused(volume)
                assert cluster.storage.checksum(volume) == before, f"{content}, errors in {what}: it was written to"
                assert evidence.connections(volume.machine) == {}, f"{content}, errors in {what}: still connected"
                mend_device(cluster.storage, volume)
            volume.stage()
            volume.publish()
            if writer:
                writer.verify()
            volume.leave()
            volume.delete()


def fill(volume: Volume):
    volume.stage()
    volume.publish()
    pod = Pod(volume)
    pod.writer.wait_for_records(10)
    pod.finish()
    volume.unpublish()
    volume.unstage()
    return pod.writer


def stage_is_refused(volume: Volume) -> None:
    try:
        volume.stage()
    except CallFailed as failure:
        assert failure.code_name in _REFUSALS, failure
    else:
        raise AssertionError("a device that answers errors was staged")


def break_device(storage: Storage, volume: Volume, table: str) -> None:
    """From now on the RDS exports the same namespace, with errors where the table has them."""
    storage.machine.run(f"""
        modprobe dm-mod
        cd {evidence.namespace(volume.nqn)}
        device=$(cat device_path)
        create="dmsetup create --noudevsync --noudevrules"
        echo "0 {_SECTORS} linear $device 0" | $create held  # A loop device goes when nobody has it open.
        printf '{table.format(device="'$device'")}\\n' | $create broken
        echo 0 >enable
        echo /dev/dm-$(dmsetup info -c --noheadings -o minor broken) >device_path
        echo 1 >enable
        echo "$device" >/run/mended""")


def mend_device(storage: Storage, volume: Volume) -> None:
    storage.machine.run(f"""
        cd {evidence.namespace(volume.nqn)}
        echo 0 >enable
        cat /run/mended >device_path
        echo 1 >enable
        for name in broken held; do dmsetup remove $name --noudevsync --noudevrules; done""")


def test_VOL_1_a_full_pool_refuses_what_it_has_no_room_for_and_keeps_what_it_has(lab: Lab) -> None:
    with Cluster(lab) as cluster:
        kept = cluster.volume("kept", "ext4")
        pod = Pod(kept)
        cluster.storage.rds.tell("pool", slot="storage-pool", full=True)
        refused = Volume(cluster.workers[0], "refused", mib=64, fs_type="ext4")
        for act in (refused.create, lambda: kept.expand(128)):
            try:
                act()
            except CallFailed as failure:
                assert failure.code_name == "RESOURCE_EXHAUSTED", failure
            else:
                raise AssertionError("a full pool had room")
        assert len(cluster.storage.rds.disks()) == 1 and len(cluster.storage.rds.images()) == 1
        pod.writer.wait_for_records(10)
        pod.finish()

        cluster.storage.rds.tell("pool", slot="storage-pool", full=False)
        refused.create()
        refused.delete()
        kept.expand(128)
        kept.leave()
        kept.delete()


@thorough()
def test_a_pool_that_ran_full_under_a_writer_tells_it_and_loses_nothing_that_was_synced(lab: Lab) -> None:
    """Where files on the RDS are sparse. Not by a word to the simulator: its disk has no block left."""
    with Cluster(lab, disk_mib=256) as cluster:
        volume = cluster.volume("thin", "ext4", mib=128)
        pod = Pod(volume)
        pod.writer.wait_for_records(300)  # Every slot of its records has been written, and has its place on the RDS.
        pod.finish()
        cluster.storage.machine.run("dd if=/dev/zero of=/tmp/rds/filler bs=1M status=none || true; sync", timeout=120)
        try:
            evidence.write_random(volume.machine, f"{volume.target}/too-much", mib=32)
        except CommandFailed:
            pass
        else:
            raise AssertionError("was told that 32 MiB are safe which have no place")

        cluster.storage.machine.run("rm /tmp/rds/filler")
        volume.unpublish()
        eventually(volume.unstage)
        eventually(volume.stage)
        volume.publish()
        pod.writer.verify()
        evidence.write_random(volume.machine, f"{volume.target}/enough", mib=16)
        volume.leave()
        volume.delete()
        assert evidence.left_on_node(volume.machine, cluster.workers[0].kubelet) == []


@thorough()
def test_five_percent_loss_and_a_delay_of_100_ms_are_slow_and_nothing_else(lab: Lab) -> str:
    """TCP carries 40 kB/s then. The filesystem is made before: reading so much of a volume that it may be called blank
    would take longer than Kubernetes waits for an answer. And nobody writes more at once than goes through within the
    30 seconds that the kernel gives an I/O."""
    with Cluster(lab) as cluster:
        node = cluster.workers[0]
        volumes = [cluster.volume("far-fs", "ext4"), cluster.volume("far-block")]
        for volume in volumes:
            volume.leave()
        lab.impair(node.machine, cluster.storage.machine, loss=0.05, delay=0.05)
        start = time.monotonic()
        for volume in volumes:
            eventually(volume.put_to_use)
        ready = time.monotonic() - start
        pods = [Pod(volume, chunk_kib=256) for volume in volumes]
        for pod in pods:
            pod.write_dirty()
            pod.writer.wait_for_records(20, timeout=120)
        longest = max(pod.finish(timeout=300).longest for pod in pods)
        for volume in volumes:
            volume.leave()
            volume.delete()
        assert evidence.left_on_node(node.machine, node.kubelet) == []
        return f"two volumes in use after {ready:.0f} s, a synced record took up to {longest:.1f} s"


@thorough(minutes=20)
def test_Pain11_an_rds_that_hangs_for_ever_does_not_slow_the_volumes_of_another(lab: Lab) -> str:
    """One RDS frozen, ctrl_loss_tmo=-1, dirty pages, an unstage that cannot end: 50 volumes of another RDS are staged,
    used and unstaged as fast as before."""
    with Cluster(lab, rds=2) as cluster:
        node = cluster.workers[0]
        stuck = [stuck_volume(node.using(cluster.storages[1]), name) for name in ("in-use", "leaving", "block")]
        pods = [Pod(volume) for volume in stuck]
        before = [life(node, f"before-{number}") for number in range(10)]

        for pod in pods:
            pod.write_dirty()
        pods[1].end()
        cluster.storages[1].machine.pause()
        for pod in (pods[0], pods[2]):
            pod.write_dirty()
        stuck[1].unpublish()
        leaving = node.csi.start(node.plugin.SOCKET, "Node/NodeUnstageVolume", timeout=60, **stuck[1].unstage_request())
        after = [life(node, f"after-{number}") for number in range(50)]
        assert refused_in_time(node, leaving)
        assert all(pods[number].writer.running for number in (0, 2))

        cluster.storages[1].machine.resume()
        for pod in (pods[0], pods[2]):
            pod.finish()
        eventually(stuck[1].unstage)
        stuck[1].detach()
        for volume in (stuck[0], stuck[2]):
            volume.leave()
        assert evidence.left_on_node(node.machine, node.kubelet) == []
        ratio = statistics.median(after) / statistics.median(before)
        assert ratio <= 2, f"{ratio:.2f} times as slow"
        return (f"stage to unstage: median {statistics.median(before):.2f} s before, {statistics.median(after):.2f} s "
                f"beside a frozen RDS (x {ratio:.2f}), slowest {max(after):.2f} s")


def stuck_volume(seat: Worker, name: str) -> Volume:
    volume = Volume(seat, f"stuck-{name}", mib=64, fs_type="" if name == "block" else "ext4")
    volume.create(**{**IMPATIENT, "ctrlLossTmo": "-1"})
    volume.put_to_use()
    return volume


def life(node: Worker, name: str) -> float:
    """Seconds from stage to unstage of a new volume, with some use in between."""
    volume = Volume(node, name, mib=64, fs_type="ext4")
    volume.create()
    volume.attach()
    start = time.monotonic()
    volume.stage()
    volume.publish()
    written = evidence.write_random(node.machine, f"{volume.target}/data", mib=1)
    assert node.machine.run(f"sha256sum <{volume.target}/data").out.split()[0] == written
    volume.unpublish()
    volume.unstage()
    seconds = time.monotonic() - start
    volume.detach()
    volume.delete()
    return seconds


def refused_in_time(node: Worker, call: int) -> bool:
    try:
        node.csi.finish(call)
    except CallFailed as failure:
        return failure.code_name in ("ABORTED", "DEADLINE_EXCEEDED", "UNAVAILABLE")
    return False
