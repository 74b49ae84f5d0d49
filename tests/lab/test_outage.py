# SPDX-License-Identifier: Apache-2.0
"""What a pod sees when the connection to the RDS is lost: a pause and no error (STL-7); where it was not to wait,
errors and then a recovery (STL-3). Every claim is checked by what is on the storage afterwards."""

import evidence
from cluster import IMPATIENT, Cluster
from lab import Lab
from pace import thorough
from pod import Pod
from volume import MIB, eventually

_KINDS = ("ext4", "xfs", "")
_GIVEN_UP = 60  # Seconds within which the kernel has given an impatient volume's connection up.


def in_use(cluster: Cluster, kinds: tuple[str, ...] = _KINDS, **parameters: str) -> list[Pod]:
    """Pods that write to volumes on node 1: ext4, xfs and block."""
    volumes = [cluster.volume(f"volume-{kind or 'block'}", kind, **parameters) for kind in kinds]
    return [Pod(volume) for volume in volumes]


def lose_controllers(cluster: Cluster, pods: list[Pod]) -> None:
    """Cuts node 1 off, until its kernel has no controller left that leads to the RDS, only anchors."""
    for pod in pods:
        pod.writer.wait_for_records(20)
        pod.write_dirty()
    cluster.cut_off(cluster.workers[0])
    wait_until_given_up(cluster, pods)


def wait_until_given_up(cluster: Cluster, pods: list[Pod]) -> None:
    """Everything that is written from now on waits; nothing has failed yet."""
    node = cluster.workers[0].machine
    node.wait_until("the kernel gives every connection up", lambda: evidence.connections(node) == {}, _GIVEN_UP)
    for pod in pods:
        pod.write_dirty()
    assert sorted(evidence.anchors(node)) == sorted(pod.volume.nqn for pod in pods)
    assert all(pod.writer.running for pod in pods)


def all_went_on(cluster: Cluster, pods: list[Pod]) -> str:
    """No error anywhere, every checksum right, every filesystem clean, nothing left. How long the pause was."""
    pauses = [pod.finish().longest for pod in pods]
    node = cluster.workers[0].machine
    for pod in pods:
        device = evidence.block_devices(node, pod.volume.nqn)
        pod.volume.unpublish()
        if pod.volume.fs_type:
            node.run(f"umount {pod.volume.staging}")
            evidence.filesystem_is_clean(node, device[0], pod.volume.fs_type)
        pod.volume.unstage()
        pod.volume.detach()
        pod.volume.delete()
    assert evidence.left_on_node(node, cluster.workers[0].kubelet) == []
    return f"the writers waited for up to {max(pauses):.1f} s and saw no error"


@thorough()
def test_STL_7_writers_live_through_the_removal_of_their_controllers(lab: Lab) -> str:
    with Cluster(lab) as cluster:
        pods = in_use(cluster, **IMPATIENT)
        lose_controllers(cluster, pods)
        cluster.cut_off(cluster.workers[0], False)
        return all_went_on(cluster, pods)


@thorough()
def test_STL_7_writers_live_through_an_rds_that_rejects_them_while_it_boots(lab: Lab) -> str:
    """NVMe/TCP listens before the exports are there: newer kernels give up at once, whatever their patience."""
    with Cluster(lab) as cluster:
        pods = in_use(cluster, ctrlLossTmo="-1", reconnectDelay="1")
        for pod in pods:
            pod.writer.wait_for_records(20)
            pod.write_dirty()
        cluster.storage.reboot(down=3, exports_after=10)
        console = cluster.storage.machine
        console.wait_until("the RDS rejects", lambda: "invalid subsystem" in console.log("console.log"), timeout=30)
        for pod in pods:
            pod.write_dirty()
        return all_went_on(cluster, pods)


@thorough()
def test_STL_7_writers_live_through_a_crash_of_the_node_plugin_during_the_outage(lab: Lab) -> str:
    with Cluster(lab) as cluster:
        pods = in_use(cluster, **IMPATIENT)
        lose_controllers(cluster, pods)
        cluster.workers[0].restart_plugin()
        cluster.cut_off(cluster.workers[0], False)
        return all_went_on(cluster, pods)


@thorough()
def test_STL_7_writers_live_through_an_outage_between_two_growths(lab: Lab) -> str:
    with Cluster(lab) as cluster:
        pods = in_use(cluster, **IMPATIENT)
        grow(cluster, pods, factor=2)
        lose_controllers(cluster, pods)
        cluster.cut_off(cluster.workers[0], False)
        for pod in pods:
            pod.writer.wait_for_records(20, timeout=90)
        grow(cluster, pods, factor=3)
        return all_went_on(cluster, pods)


def grow(cluster: Cluster, pods: list[Pod], factor: int) -> None:
    node = cluster.workers[0].machine
    for pod in pods:
        first = {"xfs": 320, "ext4": 64, "": 64}[pod.volume.fs_type]
        eventually(lambda: pod.volume.expand(first * factor))
        (device,) = evidence.block_devices(node, pod.volume.nqn)
        assert evidence.device_bytes(node, device) == first * factor * MIB
        if pod.volume.fs_type:
            assert evidence.filesystem_bytes(node, pod.volume.target) > 0.8 * first * factor * MIB


@thorough(minutes=20)
def test_STL_7_twenty_volumes_live_through_one_outage(lab: Lab) -> str:
    with Cluster(lab) as cluster:
        volumes = [cluster.volume(f"volume-{number}", ("ext4", "")[number % 2], **IMPATIENT) for number in range(20)]
        pods = [Pod(volume) for volume in volumes]
        lose_controllers(cluster, pods)
        cluster.cut_off(cluster.workers[0], False)
        return all_went_on(cluster, pods)


@thorough()
def test_STL_7_when_the_patience_runs_out_io_fails_and_the_volume_recovers_with_all_that_was_synced(lab: Lab) -> None:
    with Cluster(lab) as cluster:
        pods = in_use(cluster, anchorSeconds="45", **IMPATIENT)
        lose_controllers(cluster, pods)
        for pod in pods:
            assert pod.writer.error(timeout=150)
        assert evidence.anchors(cluster.workers[0].machine) == {}
        cluster.cut_off(cluster.workers[0], False)
        recover(cluster, pods)


@thorough()
def test_Incident11_STL_3_without_an_anchor_a_lost_volume_is_recovered_under_its_new_name(lab: Lab) -> None:
    with Cluster(lab) as cluster:
        pods = in_use(cluster, anchorSeconds="0", **IMPATIENT)
        node = cluster.workers[0].machine
        assert evidence.anchors(node) == {}
        for pod in pods:
            pod.writer.wait_for_records(20)
        cluster.cut_off(cluster.workers[0])
        for pod in pods:
            assert pod.writer.error(timeout=_GIVEN_UP)
        cluster.cut_off(cluster.workers[0], False)
        recover(cluster, pods)


def recover(cluster: Cluster, pods: list[Pod]) -> None:
    """The pods are started anew on their volumes, find all that was synced, and write; nothing is left afterwards."""
    node = cluster.workers[0].machine
    for pod in pods:
        pod.abandon()
        eventually(pod.volume.unpublish)
        eventually(pod.volume.publish)
        pod.writer.verify()
        assert "volume_condition" not in (stats := pod.volume.stats()) or not stats["volume_condition"].get("abnormal")
    all_went_on(cluster, [Pod(pod.volume, name="again") for pod in pods])
    assert evidence.connections(node) == {}


@thorough()
def test_STL_5_a_volume_that_was_lost_says_so_and_answers_in_time(lab: Lab) -> None:
    with Cluster(lab) as cluster:
        pods = in_use(cluster, anchorSeconds="0", **IMPATIENT)
        for pod in pods:
            pod.writer.wait_for_records(1)
        cluster.cut_off(cluster.workers[0])
        for pod in pods:
            pod.writer.error(timeout=_GIVEN_UP)
            stats = pod.volume.stats()
            assert stats["volume_condition"]["abnormal"] and stats["volume_condition"]["message"], stats
            assert not stats.get("usage"), stats
            pod.volume.unpublish()  # STL-6: dead or not.
            pod.volume.unstage()
        assert evidence.left_on_node(cluster.workers[0].machine, cluster.workers[0].kubelet) == []


@thorough()
def test_STL_7_writers_live_through_a_power_cut_of_the_rds(lab: Lab) -> str:
    with Cluster(lab) as cluster:
        pods = in_use(cluster)
        for pod in pods:
            pod.writer.wait_for_records(20)
            pod.write_dirty()
        cluster.storage.cut_power()
        cluster.storage.power_on()
        for pod in pods:
            pod.writer.wait_for_records(20, timeout=120)
        return all_went_on(cluster, pods)


@thorough()
def test_Pain09_STL_7_writers_live_through_an_rds_without_power_for_longer_than_the_kernel_waits(lab: Lab) -> str:
    with Cluster(lab) as cluster:
        pods = in_use(cluster, **IMPATIENT)
        for pod in pods:
            pod.writer.wait_for_records(20)
            pod.write_dirty()
        cluster.storage.cut_power()
        wait_until_given_up(cluster, pods)
        cluster.storage.power_on()
        return all_went_on(cluster, pods)


@thorough()
def test_STL_3_a_volume_whose_namespace_came_back_with_another_uuid_is_recovered(lab: Lab) -> None:
    """The kernel does not take it for the same disk, and no anchor can help: what was synced is there all the same."""
    with Cluster(lab) as cluster:
        pods = in_use(cluster, anchorSeconds="20", reconnectDelay="1")
        for pod in pods:
            pod.writer.wait_for_records(20)
        cluster.storage.rds.tell("assume", switch="namespace-uuid", value="new-each-start")
        cluster.storage.reboot(down=3)
        for pod in pods:
            pod.writer.error(timeout=120)
        recover(cluster, pods)


def test_a_reboot_of_the_rds_is_a_pause_for_a_writer(lab: Lab) -> str:
    with Cluster(lab) as cluster:
        pods = in_use(cluster, kinds=("ext4", ""), reconnectDelay="1")
        for pod in pods:
            pod.writer.wait_for_records(10)
            pod.write_dirty()
        cluster.storage.reboot(down=2)
        for pod in pods:
            pod.writer.wait_for_records(10, timeout=90)
        return all_went_on(cluster, pods)
